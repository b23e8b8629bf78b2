import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import type { ReplyAttachment } from '../tickets/reply-to-ticket.ts'
import { requireTicket } from '../tickets/require-ticket.ts'
import { cleanName, cleanType, requireFileLimits } from './file-rules.ts'
import type { DraftKey } from './save-draft.ts'

export interface DraftFile {
  id: bigint
  name: string
  size: number
}

export interface UploadedFile {
  name: string
  mediaType: string
  bytes: Buffer
}

/**
 * Keeps files for a draft: their bytes first, so that no row names what is not there. Refuses: not_found, invalid (files) when they are
 * too large or too many together with those that are there already.
 */
export async function addDraftFiles(
  deps: Pick<Deps, 'db' | 'clock' | 'blobs'>,
  input: DraftKey & { formKey: string; channel: string; files: readonly UploadedFile[] },
): Promise<DraftFile[]> {
  await requireTicket(deps, input)
  const known = await filesOfKey(deps, input)
  const named = input.files.map(({ name, mediaType, bytes }) => ({
    name: cleanName(name),
    mediaType: cleanType(mediaType),
    size: bytes.length,
    bytes,
  }))
  requireFileLimits([...known.filter((file) => !file.sent), ...named])
  const added: DraftFile[] = []
  for (const { bytes, ...file } of named) {
    const blob = await deps.blobs.put(bytes)
    // The same form sent again brings its files again.
    const before = known.find((one) => one.blob === blob && one.name === file.name)
    const id = before?.id ?? (await addFile(deps, input, { ...file, blob }))
    added.push({ id, name: file.name, size: file.size })
  }
  return added
}

async function addFile(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: DraftKey & { formKey: string; channel: string },
  file: ReplyAttachment,
): Promise<bigint> {
  const [row] = await deps.db.query<{ id: bigint }>(
    'add-draft-file',
    `with kept as (
       insert into draft (shop_id, ticket_id, agent_id, channel, body, form_key, saved_at) values ($1, $2, $3, $9, '', $4, $10)
       on conflict (shop_id, ticket_id, agent_id) do update set form_key = excluded.form_key
       where draft.form_key <> excluded.form_key and draft.body = '')
     insert into draft_file (shop_id, ticket_id, agent_id, form_key, name, media_type, size, blob, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $10) returning id`,
    [
      input.shopId,
      input.ticketId,
      input.agentId,
      input.formKey,
      file.name,
      file.mediaType,
      file.size,
      file.blob,
      input.channel,
      deps.clock.now(),
    ],
  )
  if (!row) throw new Error('adding a file returned nothing')
  return row.id
}

function filesOfKey(
  deps: Pick<Deps, 'db'>,
  input: DraftKey & { formKey: string },
): Promise<{ id: bigint; name: string; size: number; blob: string; sent: boolean }[]> {
  return deps.db.query(
    'files-of-key',
    `select id, name, size, blob, sent_at is not null as sent from draft_file
     where shop_id = $1 and ticket_id = $2 and agent_id = $3 and form_key = $4`,
    [input.shopId, input.ticketId, input.agentId, input.formKey],
  )
}

/** Takes a file off the draft; its bytes are removed later, if nothing else names them. Refuses: not_found. */
export async function removeDraftFile(
  deps: Pick<Deps, 'db'>,
  input: DraftKey & { fileId: bigint },
): Promise<void> {
  const [row] = await deps.db.query(
    'remove-draft-file',
    `update draft_file set form_key = '' where shop_id = $1 and ticket_id = $2 and agent_id = $3 and id = $4 and sent_at is null
     returning id`,
    [input.shopId, input.ticketId, input.agentId, input.fileId],
  )
  if (!row) refuse({ code: 'not_found', what: 'attachment' })
}

/**
 * What a form names, to be sent: in the order of the form, also when it was sent before, because the same form must name the same files.
 * Refuses: invalid (files) for one that was taken off or is not the agent's.
 */
export async function takeDraftFiles(
  deps: Pick<Deps, 'db'>,
  input: DraftKey & { fileIds: readonly bigint[] },
): Promise<ReplyAttachment[]> {
  if (input.fileIds.length === 0) return []
  const rows = await deps.db.query<ReplyAttachment & { id: bigint }>(
    'take-draft-files',
    `select id, name, media_type as "mediaType", size, blob from draft_file
     where shop_id = $1 and ticket_id = $2 and agent_id = $3 and id = any ($4) and form_key <> ''`,
    [input.shopId, input.ticketId, input.agentId, [...input.fileIds]],
  )
  const files = input.fileIds.flatMap((id) => {
    const row = rows.find((one) => one.id === id)
    return row ? [{ name: row.name, mediaType: row.mediaType, size: row.size, blob: row.blob }] : []
  })
  requireFileLimits(files)
  return files
}
