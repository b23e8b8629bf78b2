import { randomBytes } from 'node:crypto'
import { askToDrop, createDatabase } from './databases.ts'

export interface TestDatabase {
  connectionString: string
  /** Has the database dropped soon; call it in afterAll, after closing what is connected to it. */
  drop(): Promise<void>
}

/** A database of its own for one test file: a copy of the migrated template, or empty and not migrated. */
export async function createTestDatabase(from: 'template' | 'empty' = 'template'): Promise<TestDatabase> {
  const serverUrl = process.env.TEST_SERVER_URL
  const template = process.env.TEST_TEMPLATE
  if (!serverUrl || !template) throw new Error('No test server runs: test/support/global-setup.ts starts it.')
  const name = `creditdesk_test_${process.pid}_${randomBytes(4).toString('hex')}`
  const connectionString = await createDatabase(serverUrl, name, from === 'template' ? template : undefined)
  return { connectionString, drop: () => askToDrop(serverUrl, name) }
}
