import type { World } from '../../support/world.ts'

/** PostgreSQL's plan of a statement with these values, as text. */
export async function planOf(world: World, statement: string, values: unknown[]): Promise<string> {
  const { rows } = await world.db.pool.query<{ 'QUERY PLAN': string }>(`explain ${statement}`, values)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}
