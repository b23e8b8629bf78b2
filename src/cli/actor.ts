/** Whoever sits at the machine: what a command does is written down to it, in the ledger and in the audit log. */
export const cliActor = 'cli'
