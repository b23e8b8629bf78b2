import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { checkSavedReply, type SavedReply, type SavedReplyInput } from './saved-reply.ts'

/** Whose hand; without an agent (a program) there are shared replies only. */
export interface ReplyOwner {
  shopId: bigint
  agentId?: bigint
}

const most = 1_000
// Others' own replies are nobody else's to see or to change.
const visible = '(owner_id is null or owner_id = $2)'
const columns = 'id, owner_id is null as shared, folder, name, texts, updated_at as "updatedAt"'

/** All that an agent may use, by folder and name. */
export function listSavedReplies(deps: Pick<Deps, 'db'>, owner: ReplyOwner): Promise<SavedReply[]> {
  return deps.db.query<SavedReply & { name: string }>(
    'list-saved-replies',
    `select ${columns} from saved_reply where shop_id = $1 and ${visible} order by folder <> '', lower(folder), lower(name), id`,
    [owner.shopId, owner.agentId ?? null],
  )
}

/** Refuses: not_found. */
export async function findSavedReply(
  deps: Pick<Deps, 'db'>,
  owner: ReplyOwner & { replyId: bigint },
): Promise<SavedReply> {
  const [reply] = await deps.db.query<SavedReply & { name: string }>(
    'find-saved-reply',
    `select ${columns} from saved_reply where shop_id = $1 and ${visible} and id = $3`,
    [owner.shopId, owner.agentId ?? null, owner.replyId],
  )
  return reply ?? refuse({ code: 'not_found', what: 'saved_reply' })
}

/** Refuses: invalid (name, folder, texts). */
export async function addSavedReply(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ReplyOwner & SavedReplyInput,
): Promise<SavedReply> {
  const reply = checkSavedReply(input)
  const [added] = await deps.db.query<SavedReply & { name: string }>(
    'add-saved-reply',
    `insert into saved_reply (shop_id, owner_id, folder, name, texts, created_at, updated_at)
     select $1, $2, $3, $4, $5::jsonb, $6, $6 where (select count(*) from saved_reply where shop_id = $1) < $7 returning ${columns}`,
    [input.shopId, ownerOf(input), reply.folder, reply.name, reply.texts, deps.clock.now(), most],
  )
  return added ?? refuseField('name', `there are ${most} saved replies already; remove some`)
}

/** Refuses: not_found, invalid. */
export async function changeSavedReply(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ReplyOwner & SavedReplyInput & { replyId: bigint },
): Promise<SavedReply> {
  const reply = checkSavedReply(input)
  const [changed] = await deps.db.query<SavedReply & { name: string }>(
    'change-saved-reply',
    `update saved_reply set owner_id = $4, folder = $5, name = $6, texts = $7::jsonb, updated_at = $8
     where shop_id = $1 and ${visible} and id = $3 returning ${columns}`,
    [
      input.shopId,
      input.agentId ?? null,
      input.replyId,
      ownerOf(input),
      reply.folder,
      reply.name,
      reply.texts,
      deps.clock.now(),
    ],
  )
  return changed ?? refuse({ code: 'not_found', what: 'saved_reply' })
}

/** Refuses: not_found. */
export async function removeSavedReply(
  deps: Pick<Deps, 'db'>,
  input: ReplyOwner & { replyId: bigint },
): Promise<void> {
  const [removed] = await deps.db.query(
    'remove-saved-reply',
    `delete from saved_reply where shop_id = $1 and ${visible} and id = $3 returning id`,
    [input.shopId, input.agentId ?? null, input.replyId],
  )
  if (!removed) refuse({ code: 'not_found', what: 'saved_reply' })
}

function ownerOf(input: ReplyOwner & { shared: boolean }): bigint | null {
  return input.shared ? null : (input.agentId ?? null)
}
