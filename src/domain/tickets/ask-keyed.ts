import { uniqueViolation } from '../../db/database.ts'
import type { Deps } from '../deps.ts'

/**
 * Runs a statement that answers with one value and stores its idempotency key, once more when it lost a race. Two requests
 * with one key on different accounts do not wait for each other's lock; the loser then finds the winner's key. A ticket that
 * changed its customer meanwhile is simply looked at again.
 */
export async function askKeyed<Answer>(
  deps: Pick<Deps, 'db'>,
  name: string,
  statement: string,
  values: unknown[],
): Promise<Answer> {
  const ask = async () => {
    const [row] = await deps.db.query<{ answer: Answer }>(name, statement, values)
    if (!row) throw new Error(`${name} gave no row`)
    return row.answer
  }
  try {
    return await ask()
  } catch (error) {
    const lost =
      uniqueViolation(error) === 'operation_key_pkey' || (error as { code?: string }).code === '40001'
    if (!lost) throw error
    return ask()
  }
}
