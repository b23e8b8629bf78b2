import type { Deps } from '../deps.ts'

export interface MailboxState {
  /** When it was last read to its end. */
  readAt: Date | null
  /** Why it cannot be read now, in the words of its server, and since when. */
  problem: string | null
  problemSince: Date | null
}

/** Notes that a mailbox was read to its end, or why it could not be. */
export async function noteMailbox(
  deps: Pick<Deps, 'db' | 'clock'>,
  name: string,
  problem: string | null,
): Promise<void> {
  await deps.db.query(
    'note-mailbox',
    `insert into mailbox as m (name, synced_at, problem, problem_since)
     values ($1, case when $2::text is null then $3::timestamptz end, $2, case when $2::text is not null then $3::timestamptz end)
     on conflict (name) do update set
       synced_at = coalesce(excluded.synced_at, m.synced_at), problem = excluded.problem,
       problem_since = case when excluded.problem is not null then coalesce(m.problem_since, excluded.problem_since) end`,
    [name, problem?.slice(0, 500) ?? null, deps.clock.now()],
  )
}

/** Undefined when no process has tried to read the mailbox yet. */
export async function readMailboxState(
  deps: Pick<Deps, 'db'>,
  name: string,
): Promise<MailboxState | undefined> {
  const [state] = await deps.db.query<MailboxState>(
    'mailbox-state',
    'select synced_at as "readAt", problem, problem_since as "problemSince" from mailbox where name = $1',
    [name],
  )
  return state
}
