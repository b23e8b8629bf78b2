import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { notStorable } from '../not-storable.ts'
import { refuse } from '../refusal.ts'

/**
 * Says of what looks like support that it is none, so that its orders are asked about no more, those to come neither; or takes
 * that back. A package may still be made of it. Again changes nothing. Refuses: not_found when no order has it.
 */
export async function dismissUnmatched(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; subject: string; dismissed: boolean; actor: string },
): Promise<void> {
  const { shopId, subject, dismissed, actor } = input
  if (notStorable.test(subject)) refuse({ code: 'not_found', what: 'product' })
  await deps.db.transaction(async (sql) => {
    const at = deps.clock.now()
    const [known] = await sql.query(
      'unmatched-subject',
      `select from unmatched_line where shop_id = $1 and subject = $2 and hint is not null
       union all select from not_support where shop_id = $1 and subject = $2 limit 1`,
      [shopId, subject],
    )
    if (!known) refuse({ code: 'not_found', what: 'product' })
    const changed = dismissed
      ? await sql.query(
          'dismiss-unmatched',
          `insert into not_support (shop_id, subject, actor, at) values ($1, $2, $3, $4) on conflict do nothing returning subject`,
          [shopId, subject, actor, at],
        )
      : await sql.query(
          'ask-again-for-unmatched',
          'delete from not_support where shop_id = $1 and subject = $2 returning subject',
          [shopId, subject],
        )
    if (changed.length === 0) return
    const action = dismissed ? 'not_support' : 'maybe_support'
    await writeAudit(sql, { shopId, actor, action, data: { match: subject }, at })
  })
}
