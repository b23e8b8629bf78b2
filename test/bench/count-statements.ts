import pg from 'pg'

type Query = (this: pg.Client, ...args: unknown[]) => unknown

/**
 * Counts every statement that this process sends, whoever sends it, while `work` runs. The wake-up of the workers is left
 * out: one serves all the replies of 15 ms and comes after the answer.
 */
export async function countStatements(work: () => Promise<void>): Promise<number> {
  const original = pg.Client.prototype.query as unknown as Query
  let count = 0
  const counting: Query = function (...args) {
    if (!isWakeUp(args[0])) count++
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

function isWakeUp(statement: unknown): boolean {
  return (
    typeof statement === 'object' &&
    statement !== null &&
    'name' in statement &&
    statement.name === 'wake-workers'
  )
}
