/** What agents do with tickets besides answering; each can be taken back. */
export type TicketActInput =
  /** null: nobody's again. */
  | { kind: 'assign'; agentId: bigint | null }
  | { kind: 'tag'; add: string[]; remove: string[] }
  | { kind: 'snooze'; until: Date }
  | { kind: 'wake' }
  /** Its sender's further mails are spam too. */
  | { kind: 'spam' }
  | { kind: 'not_spam' }
  | { kind: 'close' }
  | { kind: 'reopen' }

export const ticketActKinds = [
  'assign',
  'tag',
  'snooze',
  'wake',
  'spam',
  'not_spam',
  'close',
  'reopen',
  'merge',
] as const
export type TicketActKind = (typeof ticketActKinds)[number]

/** Who acts, for the undo's record and the lines in the conversation. */
export interface TicketActor {
  /** "agent:7" or "api:3". */
  actor: string
  name: string
}

export interface TicketActDone {
  /** By which it can be taken back; absent when nothing changed. */
  actId?: bigint
  /** Tickets that changed; those that stood so already are left out. */
  changed: bigint[]
}

/** The most tickets of one act. */
export const mostTickets = 200
