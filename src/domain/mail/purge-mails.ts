import type { Deps } from '../deps.ts'

const batch = 200

/**
 * Removes the raw bytes of mails whose time is over; their messages and attachments stay. Mail that waits for a person is kept.
 * The bytes go before the mark, so that a crash between leaves a mark to be made and never bytes that nobody knows of.
 */
export async function purgeMails(
  deps: Pick<Deps, 'db' | 'clock' | 'blobs' | 'mailRetentionDays'>,
): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - deps.mailRetentionDays * 86_400_000)
  let purged = 0
  for (;;) {
    const mails = await deps.db.query<{ id: bigint; blob: string; shared: boolean }>(
      'mails-to-purge',
      `select m.id, m.blob, exists (select from attachment a where a.blob = m.blob) or exists (select from draft_file f where f.blob = m.blob)
         or exists (select from incoming_mail o where o.blob = m.blob and o.id <> m.id and o.purged_at is null) as shared
       from incoming_mail m
       where m.purged_at is null and m.received_at < $1 and m.state in ('processed', 'ignored')
       order by m.received_at limit $2`,
      [before, batch],
    )
    for (const { id, blob, shared } of mails) {
      if (!shared) await deps.blobs.remove(blob)
      await deps.db.query('purge-mail', 'update incoming_mail set purged_at = $2 where id = $1', [
        id,
        deps.clock.now(),
      ])
    }
    purged += mails.length
    if (mails.length < batch) return purged
  }
}
