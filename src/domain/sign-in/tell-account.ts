import type { Sql } from '../../db/database.ts'
import type { AccountNews } from '../../jobs/catalog.ts'
import { enqueueJob } from '../enqueue.ts'

/** A mail to an agent about their account: with a link to choose a password, or saying what was changed. */
export async function tellAccount(
  sql: Sql,
  input: { shopId: bigint; agentId: bigint; news: AccountNews; by?: string; at: Date },
): Promise<void> {
  await enqueueJob(sql, 'send_notice', {
    shopId: String(input.shopId),
    agentId: String(input.agentId),
    template: 'account',
    data: { news: input.news, at: input.at.toISOString(), ...(input.by !== undefined && { by: input.by }) },
  })
}
