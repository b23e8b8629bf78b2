import type { Database } from '../../db/database.ts'

/* By database, because tests have several in one process. A shop is never removed, so that "yes" needs no second look. */
const known = new WeakSet<Database>()

/** Whether anybody has set this installation up. Asks the database until there is a shop. */
export async function hasShop(deps: { db: Database }): Promise<boolean> {
  if (known.has(deps.db)) return true
  const [shop] = await deps.db.query('has-shop', 'select from shop limit 1', [])
  if (shop) known.add(deps.db)
  return shop !== undefined
}
