import type { Sql } from '../../db/database.ts'
import type { ShopApiError } from '../../ports/shop.ts'
import { enqueueJob } from '../enqueue.ts'
import type { ProblemKind } from './problem-kinds.ts'
import { times } from './sync-times.ts'

export interface ShopProblem {
  kind: ProblemKind
  /** What is wrong and what to do, in English, without keys. */
  message: string
  since: Date
  lastAt: Date
}

export function problemOf(error: ShopApiError): { kind: ProblemKind; message: string } {
  const isRefused = error.status === 401 || error.status === 403
  return { kind: isRefused ? 'keys' : 'unreachable', message: error.message }
}

/**
 * Notes a problem, or that it lasts. The owners are told by mail, once a day at most: at once, or of a shop that cannot be
 * reached only when that lasts, because shops restart. Runs in the caller's transaction.
 */
export async function recordProblem(
  sql: Sql,
  problem: { shopId: bigint; kind: ProblemKind; message: string; at: Date },
): Promise<void> {
  const { shopId, kind, at } = problem
  await sql.query(
    'record-problem',
    `insert into shop_problem (shop_id, kind, message, since, last_at) values ($1, $2, $3, $4, $4)
     on conflict (shop_id, kind) do update set message = excluded.message, last_at = excluded.last_at, cleared_at = null,
       since = case when shop_problem.cleared_at is null then shop_problem.since else excluded.since end`,
    [shopId, kind, problem.message.slice(0, 1_000), at],
  )
  const patience = kind === 'unreachable' ? times.unreachableFor : 0
  const [due] = await sql.query(
    'tell-problem',
    `update shop_problem set told_at = $3
     where shop_id = $1 and kind = $2 and since <= $4 and (told_at is null or told_at <= $5) returning kind`,
    [shopId, kind, at, new Date(at.getTime() - patience), new Date(at.getTime() - times.tellAgain)],
  )
  if (due) await tellOwners(sql, { shopId, kind, at })
}

async function tellOwners(sql: Sql, problem: { shopId: bigint; kind: ProblemKind; at: Date }): Promise<void> {
  const owners = await sql.query<{ id: bigint }>(
    'owners',
    `select id from agent where shop_id = $1 and role = 'owner' and deactivated_at is null order by id`,
    [problem.shopId],
  )
  for (const owner of owners) {
    await enqueueJob(sql, 'send_notice', {
      shopId: String(problem.shopId),
      agentId: String(owner.id),
      template: 'shop-problem',
      data: { kind: problem.kind, toldAt: problem.at.toISOString() },
    })
  }
}

/** They are over. The rows stay: a problem that comes back the same day is not told again. */
export async function clearProblems(
  sql: Sql,
  cleared: { shopId: bigint; kinds: readonly ProblemKind[]; at: Date },
): Promise<void> {
  await sql.query(
    'clear-problems',
    'update shop_problem set cleared_at = $3 where shop_id = $1 and kind = any ($2) and cleared_at is null',
    [cleared.shopId, cleared.kinds, cleared.at],
  )
}

/** The open ones, the oldest first. */
export async function listProblems(sql: Sql, shopId: bigint): Promise<ShopProblem[]> {
  return await sql.query<ShopProblem>(
    'list-problems',
    `select kind, message, since, last_at as "lastAt" from shop_problem
     where shop_id = $1 and cleared_at is null order by since, kind`,
    [shopId],
  )
}
