import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import type { ReplyAttachment } from '../tickets/reply-to-ticket.ts'
import { requireTicket } from '../tickets/require-ticket.ts'
import { cleanName, cleanType, requireFileLimits } from './file-rules.ts'

/** Whose files: an agent's, or those of one of the account's people, on one ticket. */
export type FileKey = { shopId: bigint; ticketId: bigint } & ({ agentId: bigint } | { contactId: bigint })

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

/** So many may wait of one customer on one ticket, in all their forms: whoever holds a private link must not fill the disk. */
const mostWaiting = 60

/**
 * Keeps files for what is being written: their bytes first, so that no row names what is not there. Refuses: not_found, invalid (files)
 * when they are too large or too many together with those that are there already.
 */
export async function addDraftFiles(
  deps: Pick<Deps, 'db' | 'clock' | 'blobs'>,
  input: FileKey & { formKey: string; channel: string; files: readonly UploadedFile[] },
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
  if ('contactId' in input) await requireRoom(deps, input)
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
  input: FileKey & { formKey: string; channel: string },
  file: ReplyAttachment,
): Promise<bigint> {
  const [row] = await deps.db.query<{ id: bigint }>(
    'add-draft-file',
    // An agent's stand in the draft; a customer's in the form alone.
    `with kept as (
       insert into draft (shop_id, ticket_id, agent_id, channel, body, form_key, saved_at)
       select $1, $2, $3::bigint, $10, '', $5, $11 where $3 is not null
       on conflict (shop_id, ticket_id, agent_id) do update set form_key = excluded.form_key
       where draft.form_key <> excluded.form_key and draft.body = '')
     insert into draft_file (shop_id, ticket_id, agent_id, contact_id, form_key, name, media_type, size, blob, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11) returning id`,
    [
      ...ownerValues(input),
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

/** The first four values of a statement on somebody's files: shop, ticket, agent, contact. */
function ownerValues(key: FileKey): [bigint, bigint, bigint | null, bigint | null] {
  return 'agentId' in key
    ? [key.shopId, key.ticketId, key.agentId, null]
    : [key.shopId, key.ticketId, null, key.contactId]
}

const ofOwner = `shop_id = $1 and ticket_id = $2 and agent_id is not distinct from $3::bigint and contact_id is not distinct from $4::bigint`

function filesOfKey(
  deps: Pick<Deps, 'db'>,
  input: FileKey & { formKey: string },
): Promise<(DraftFile & { blob: string; sent: boolean })[]> {
  return deps.db.query(
    'files-of-key',
    `select id, name, size, blob, sent_at is not null as sent from draft_file where ${ofOwner} and form_key = $5 order by id`,
    [...ownerValues(input), input.formKey],
  )
}

/** What waits in a form. */
export async function listDraftFiles(
  deps: Pick<Deps, 'db'>,
  input: FileKey & { formKey: string },
): Promise<DraftFile[]> {
  const files = await filesOfKey(deps, input)
  return files.filter(({ sent }) => !sent).map(({ id, name, size }) => ({ id, name, size }))
}

/** Refuses: invalid (files). */
async function requireRoom(deps: Pick<Deps, 'db'>, key: FileKey): Promise<void> {
  const [row] = await deps.db.query<{ waiting: bigint }>(
    'files-waiting',
    `select count(*) as waiting from draft_file where ${ofOwner} and sent_at is null`,
    ownerValues(key),
  )
  if (Number(row?.waiting ?? 0) >= mostWaiting)
    refuseField('files', 'too many files wait already; send your message, or try again in a month')
}

/** Takes a file off what is being written; its bytes are removed later, if nothing else names them. Refuses: not_found. */
export async function removeDraftFile(
  deps: Pick<Deps, 'db'>,
  input: FileKey & { fileId: bigint },
): Promise<void> {
  const [row] = await deps.db.query(
    'remove-draft-file',
    `update draft_file set form_key = '' where ${ofOwner} and id = $5 and sent_at is null returning id`,
    [...ownerValues(input), input.fileId],
  )
  if (!row) refuse({ code: 'not_found', what: 'attachment' })
}

/**
 * What a form names, to be sent: in the order of the form, also when it was sent before, because the same form must name the same files.
 * Refuses: invalid (files) for those that are too many together. One that was taken off, or is somebody else's, is left out.
 */
export async function takeDraftFiles(
  deps: Pick<Deps, 'db'>,
  input: FileKey & { fileIds: readonly bigint[] },
): Promise<ReplyAttachment[]> {
  if (input.fileIds.length === 0) return []
  const rows = await deps.db.query<ReplyAttachment & { id: bigint }>(
    'take-draft-files',
    `select id, name, media_type as "mediaType", size, blob from draft_file
     where ${ofOwner} and id = any ($5) and form_key <> ''`,
    [...ownerValues(input), [...input.fileIds]],
  )
  const files = input.fileIds.flatMap((id) => {
    const row = rows.find((one) => one.id === id)
    return row ? [{ name: row.name, mediaType: row.mediaType, size: row.size, blob: row.blob }] : []
  })
  requireFileLimits(files)
  return files
}

/** After the message of a customer is in: its files wait no longer. Losing this call keeps them for the nightly purge. */
export async function settleFiles(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: FileKey & { fileIds: readonly bigint[] },
): Promise<void> {
  if (input.fileIds.length === 0) return
  await deps.db.query(
    'settle-files',
    `update draft_file set sent_at = $6 where ${ofOwner} and id = any ($5) and sent_at is null`,
    [...ownerValues(input), [...input.fileIds], deps.clock.now()],
  )
}
