import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { lockShop } from '../shops/lock-shop.ts'

/** Whether everybody of the shop needs a second factor; who has none sets one up before anything else. Refuses: not_found (shop). */
export async function requireSecondFactor(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; actor: string; required: boolean },
): Promise<void> {
  const { shopId, actor, required } = input
  await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    const changed = await sql.query(
      'require-second-factor',
      'update shop set requires_second_factor = $2 where id = $1 and requires_second_factor <> $2 returning id',
      [shopId, required],
    )
    if (changed.length === 0) return
    const action = required ? 'second_factor_require' : 'second_factor_allow'
    await writeAudit(sql, { shopId, actor, action, data: {}, at: deps.clock.now() })
  })
}
