import type { Deps } from '../deps.ts'

const batch = 200
/** An answer that nobody sent in this time will not be sent; a form that comes again does so within minutes. */
const keptDays = 30

/** Removes files that waited too long, or were sent long ago, and the bytes that nothing names any more; bytes first, as purgeMails does. */
export async function purgeDraftFiles(deps: Pick<Deps, 'db' | 'clock' | 'blobs'>): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - keptDays * 86_400_000)
  let purged = 0
  for (;;) {
    const files = await deps.db.query<{ shop_id: bigint; id: bigint; blob: string; shared: boolean }>(
      'draft-files-to-purge',
      `select f.shop_id, f.id, f.blob, exists (select from attachment a where a.blob = f.blob)
         or exists (select from incoming_mail m where m.blob = f.blob and m.purged_at is null)
         or exists (select from held_mail h where h.attachments @> jsonb_build_array(jsonb_build_object('blob', f.blob)))
         or exists (select from draft_file o where o.blob = f.blob and (o.shop_id, o.id) <> (f.shop_id, f.id)) as shared
       from draft_file f where f.at < $1 order by f.at limit $2`,
      [before, batch],
    )
    for (const file of files) {
      if (!file.shared) await deps.blobs.remove(file.blob)
      await deps.db.query('purge-draft-file', 'delete from draft_file where shop_id = $1 and id = $2', [
        file.shop_id,
        file.id,
      ])
    }
    purged += files.length
    if (files.length < batch) return purged
  }
}
