import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** Ends the logins of an agent, except `keep`. Returns how many. */
export async function endLogins(
  sql: Sql,
  input: { shopId: bigint; agentId: bigint; keep?: bigint },
): Promise<number> {
  const ended = await sql.query(
    'end-logins',
    'delete from login where shop_id = $1 and agent_id = $2 and id <> coalesce($3, 0) returning id',
    [input.shopId, input.agentId, input.keep ?? null],
  )
  return ended.length
}

/** One's own logins, one or all others: ended at once, wherever they are open. Refuses: not_found (login). */
export async function endOwnLogins(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; agentId: bigint; which: { id: bigint } | { allBut: bigint } },
): Promise<void> {
  const { shopId, agentId, which } = input
  await deps.db.transaction(async (sql) => {
    const count =
      'id' in which
        ? (
            await sql.query(
              'end-login',
              'delete from login where shop_id = $1 and agent_id = $2 and id = $3 returning id',
              [shopId, agentId, which.id],
            )
          ).length
        : await endLogins(sql, { shopId, agentId, keep: which.allBut })
    if (count === 0) return 'id' in which ? refuse({ code: 'not_found', what: 'login' }) : undefined
    const at = deps.clock.now()
    await writeAudit(sql, { shopId, actor: `agent:${agentId}`, action: 'logins_end', data: { count }, at })
  })
}
