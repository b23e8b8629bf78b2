import type { Deps } from '../deps.ts'
import { settleMail } from './settle-mail.ts'

/** Marks a mail that could not be understood in all its tries, so that a person finds it; its raw bytes stay. */
export async function failMail(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { mailId: bigint; reason: string },
): Promise<void> {
  await settleMail(deps.db, {
    mailId: input.mailId,
    state: 'failed',
    verdict: 'unreadable',
    reason: input.reason,
    at: deps.clock.now(),
  })
}
