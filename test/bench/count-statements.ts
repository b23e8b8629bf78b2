import pg from 'pg'

type Query = (this: pg.Client, ...args: unknown[]) => unknown

/**
 * Counts every statement that this process sends, whoever sends it, while `work` runs. What wakes workers and tells open pages is left
 * out: one serves all the replies of a moment, and comes after the answer, at times beside the next request.
 */
export async function countStatements(work: () => Promise<void>): Promise<number> {
  const original = pg.Client.prototype.query as unknown as Query
  let count = 0
  const counting: Query = function (...args) {
    if (!comesAfter(args[0])) count++
    return original.apply(this, args)
  }
  Object.assign(pg.Client.prototype, { query: counting })
  try {
    await work()
  } finally {
    Object.assign(pg.Client.prototype, { query: original })
  }
  return count
}

function comesAfter(statement: unknown): boolean {
  return (
    typeof statement === 'object' &&
    statement !== null &&
    'name' in statement &&
    (statement.name === 'wake-workers' || statement.name === 'tell-desk')
  )
}
