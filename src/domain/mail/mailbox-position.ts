import type { MailboxPosition } from '../../ports/mail-door.ts'
import type { Deps } from '../deps.ts'

/** How far a mailbox has been read; undefined when it never was. */
export async function readMailboxPosition(
  deps: Pick<Deps, 'db'>,
  name: string,
): Promise<MailboxPosition | undefined> {
  const [row] = await deps.db.query<{ uidValidity: bigint; lastUid: bigint }>(
    'mailbox-position',
    'select uid_validity as "uidValidity", last_uid as "lastUid" from mailbox where name = $1',
    [name],
  )
  return row
}

export async function saveMailboxPosition(
  deps: Pick<Deps, 'db' | 'clock'>,
  name: string,
  position: MailboxPosition,
): Promise<void> {
  await deps.db.query(
    'save-mailbox-position',
    `insert into mailbox (name, uid_validity, last_uid, synced_at) values ($1, $2, $3, $4)
     on conflict (name) do update set uid_validity = $2, last_uid = $3, synced_at = $4`,
    [name, position.uidValidity, position.lastUid, deps.clock.now()],
  )
}
