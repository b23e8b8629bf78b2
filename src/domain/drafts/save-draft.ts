import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'

export interface DraftKey {
  shopId: bigint
  ticketId: bigint
  agentId: bigint
}

export interface DraftInput extends DraftKey {
  channel: string
  body: string
  /** Under which it will be sent. */
  formKey: string
  /** The files that the form names; others of the agent stay with the draft that they were given to. */
  fileIds: readonly bigint[]
}

const longestBody = 100_000

/**
 * Keeps what an agent wrote, over what was kept before; an empty one without files is forgotten. Refuses: not_found, invalid (body).
 */
export async function saveDraft(
  deps: Pick<Deps, 'clock'> & { db: Sql },
  input: DraftInput,
): Promise<{ savedAt: Date }> {
  if (input.body.length > longestBody || input.body.includes('\u0000'))
    return refuseField('body', `shorten it to ${longestBody} characters, without NUL`)
  const savedAt = deps.clock.now()
  const [row] = await deps.db.query<{ found: boolean }>(
    'save-draft',
    `with at as (select shop_id, id from ticket where shop_id = $1 and id = $2),
     moved as (
       update draft_file set form_key = $6 where shop_id = $1 and ticket_id = $2 and agent_id = $3 and id = any ($7) and sent_at is null
       returning 1),
     gone as (
       delete from draft where shop_id = $1 and ticket_id = $2 and agent_id = $3 and $5 = '' and not exists (select from moved)),
     kept as (
       insert into draft (shop_id, ticket_id, agent_id, channel, body, form_key, saved_at)
       select shop_id, id, $3, $4, $5, $6, $8 from at where $5 <> '' or exists (select from moved)
       on conflict (shop_id, ticket_id, agent_id) do update set
         channel = excluded.channel, body = excluded.body, form_key = excluded.form_key, saved_at = excluded.saved_at)
     select true as found from at`,
    [
      input.shopId,
      input.ticketId,
      input.agentId,
      input.channel,
      input.body.trim() === '' ? '' : input.body,
      input.formKey,
      [...input.fileIds],
      savedAt,
    ],
  )
  if (!row) return refuse({ code: 'not_found', what: 'ticket' })
  return { savedAt }
}

/** After the message is out: the draft of its key is done with, and its files are marked. Losing this call shows nothing twice. */
export async function settleDraft(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: DraftKey & { formKey: string; fileIds: readonly bigint[] },
): Promise<void> {
  await deps.db.query(
    'settle-draft',
    `with gone as (delete from draft where shop_id = $1 and ticket_id = $2 and agent_id = $3 and form_key = $4)
     update draft_file set sent_at = $6
     where shop_id = $1 and ticket_id = $2 and agent_id = $3 and sent_at is null and (form_key = $4 or id = any ($5))`,
    [input.shopId, input.ticketId, input.agentId, input.formKey, [...input.fileIds], deps.clock.now()],
  )
}
