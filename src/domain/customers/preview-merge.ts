import { type Balance, type BalanceJson, readBalance } from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** What a merge would do (rule 15): both accounts now, the target's after it, and what would come along. */
export interface MergePreview {
  source: Balance
  target: Balance
  after: Balance
  /** One of the two is frozen, so the target would be. */
  frozen: boolean
  grants: number
  tickets: number
  orders: number
}

type PreviewAnswer =
  | {
      code: 'ok'
      source: BalanceJson
      target: BalanceJson
      after: BalanceJson
      frozen: boolean
      grants: number
      tickets: number
      orders: number
    }
  | { code: 'customer_not_found' | 'same_customer' }
  | { code: 'customer_merged'; into: string }
  | { code: 'session_open'; sessionId: string }

/** Writes nothing. Refuses as the merge would: not_found, same_customer, customer_merged, session_open. */
export async function previewMerge(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; sourceId: bigint; targetId: bigint },
): Promise<MergePreview> {
  const [row] = await deps.db.query<{ preview: PreviewAnswer }>(
    'preview-merge',
    'select preview_merge($1, $2, $3, $4) as preview',
    [input.shopId, input.sourceId, input.targetId, deps.clock.now()],
  )
  if (!row) throw new Error('preview_merge gave no row')
  const { preview } = row
  switch (preview.code) {
    case 'ok':
      return {
        source: readBalance(preview.source),
        target: readBalance(preview.target),
        after: readBalance(preview.after),
        frozen: preview.frozen,
        grants: preview.grants,
        tickets: preview.tickets,
        orders: preview.orders,
      }
    case 'customer_not_found':
      return refuse({ code: 'not_found', what: 'customer' })
    case 'customer_merged':
      return refuse({ code: 'customer_merged', into: preview.into })
    case 'session_open':
      return refuse({ code: 'session_open', sessionId: preview.sessionId })
    case 'same_customer':
      return refuse({ code: 'same_customer' })
  }
}
