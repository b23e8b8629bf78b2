import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'
import { hashToken } from '../secrets/token.ts'

/** How often something may be tried within a span. */
export interface TryLimit {
  /** What is counted, such as ["code", "3", "7"]. */
  of: readonly string[]
  most: number
  minutes: number
}

export const keyOf = (of: readonly string[]) => hashToken(JSON.stringify(of))

/**
 * Counts a try before it is made, so that a thousand at once are a thousand. A span does not grow by tries within it: whoever is
 * kept out, also by a stranger, is let in when it ends. Processes share the counts. Returns those that are over their limit.
 */
export async function takeTry(
  sql: Sql,
  limits: readonly TryLimit[],
  at: Date,
): Promise<{ limit: TryLimit; tries: number; retryAfterSeconds: number }[]> {
  // In one order everywhere, or two at once could wait for each other.
  const sorted = limits
    .map((limit) => ({ limit, key: keyOf(limit.of) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
  const rows = await sql.query<{ key: Buffer; tries: number; until: Date }>(
    'take-try',
    `insert into sign_in_try as t (key, tries, until)
     select u.key, 1, $3::timestamptz + u.minutes * interval '1 minute' from unnest($1::bytea[], $2::int[]) u (key, minutes)
     on conflict (key) do update set tries = case when t.until <= $3 then 1 else t.tries + 1 end,
       until = case when t.until <= $3 then excluded.until else t.until end
     returning key, tries, until`,
    [sorted.map(({ key }) => key), sorted.map(({ limit }) => limit.minutes), at],
  )
  return sorted.flatMap(({ limit, key }) => {
    const row = rows.find((one) => one.key.equals(key))
    if (!row || row.tries <= limit.most) return []
    const retryAfterSeconds = Math.max(1, Math.ceil((row.until.getTime() - at.getTime()) / 1000))
    return [{ limit, tries: row.tries, retryAfterSeconds }]
  })
}

/** The same, refusing at once. Refuses: too_many_tries. */
export async function takeTryOrRefuse(sql: Sql, limits: readonly TryLimit[], at: Date): Promise<void> {
  const over = await takeTry(sql, limits, at)
  if (over.length > 0) {
    refuse({
      code: 'too_many_tries',
      retryAfterSeconds: Math.max(...over.map((one) => one.retryAfterSeconds)),
    })
  }
}

/** After a try that went well: some counts begin anew, the others lose this one. */
export async function giveBackTry(
  sql: Sql,
  input: { anew: readonly TryLimit[]; less: readonly TryLimit[] },
): Promise<void> {
  await sql.query(
    'give-back-try',
    `update sign_in_try set tries = case when key = any ($1::bytea[]) then 0 else greatest(tries - 1, 0) end
     where key = any ($1::bytea[] || $2::bytea[])`,
    [input.anew.map(({ of }) => keyOf(of)), input.less.map(({ of }) => keyOf(of))],
  )
}

/** Removes counts whose span is over. */
export async function purgeTries(sql: Sql, at: Date): Promise<void> {
  await sql.query('purge-tries', 'delete from sign_in_try where until <= $1', [at])
}
