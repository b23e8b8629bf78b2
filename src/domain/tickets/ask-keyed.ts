import { askAgain } from '../../db/ask-again.ts'
import type { Deps } from '../deps.ts'

/** Runs a statement that answers with one value and stores its idempotency key; again when it lost a race. */
export async function askKeyed<Answer>(
  deps: Pick<Deps, 'db'>,
  name: string,
  statement: string,
  values: unknown[],
): Promise<Answer> {
  return askAgain(async () => {
    const [row] = await deps.db.query<{ answer: Answer }>(name, statement, values)
    if (!row) throw new Error(`${name} gave no row`)
    return row.answer
  })
}
