import type { Deps } from '../deps.ts'
import { countedAddress, isShared, type Origin } from './origin.ts'
import { tellAccount } from './tell-account.ts'
import { takeTry, takeTryOrRefuse } from './tries.ts'

/**
 * Mails a link to choose a new password to each agent of that e-mail. Says nothing about whether there is one, and mails at most
 * three times an hour. Refuses: too_many_tries, for an address that asks for many people.
 */
export async function askForPassword(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { email: string; origin: Origin },
): Promise<void> {
  const email = input.email.trim().toLowerCase()
  const at = deps.clock.now()
  const from = countedAddress(input.origin.address)
  if (!isShared(input.origin.address)) {
    await takeTryOrRefuse(deps.db, [{ of: ['forgotten', from], most: 20, minutes: 60 }], at)
  }
  const over = await takeTry(deps.db, [{ of: ['forgotten', email], most: 3, minutes: 60 }], at)
  if (over.length > 0) return
  await deps.db.transaction(async (sql) => {
    const agents = await sql.query<{ shopId: bigint; agentId: bigint }>(
      'agents-of-email',
      'select shop_id as "shopId", id as "agentId" from agent where email = $1 and deactivated_at is null',
      [email],
    )
    for (const agent of agents) await tellAccount(sql, { ...agent, news: 'password_link', at })
  })
  deps.wakeWorkers()
}
