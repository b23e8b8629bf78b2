import type { MailboxPosition } from '../../ports/mail-door.ts'
import type { Deps } from '../deps.ts'

/** How far a mailbox has been read; undefined when it never was. */
export async function readMailboxPosition(
  deps: Pick<Deps, 'db'>,
  name: string,
): Promise<MailboxPosition | undefined> {
  const [row] = await deps.db.query<{ uidValidity: bigint; lastUid: bigint }>(
    'mailbox-position',
    'select uid_validity as "uidValidity", last_uid as "lastUid" from mailbox where name = $1 and last_uid is not null',
    [name],
  )
  return row
}

export async function saveMailboxPosition(
  deps: Pick<Deps, 'db'>,
  name: string,
  position: MailboxPosition,
): Promise<void> {
  await deps.db.query(
    'save-mailbox-position',
    `insert into mailbox (name, uid_validity, last_uid) values ($1, $2, $3)
     on conflict (name) do update set uid_validity = $2, last_uid = $3`,
    [name, position.uidValidity, position.lastUid],
  )
}
