import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateDatabase } from '../../prisma/migrate.ts'
import { openEmbedded } from '../../src/db/embedded/server.ts'
import { codeOf } from '../../src/db/error-code.ts'
import { createDatabase, dropDatabase, dropWhenAsked } from './databases.ts'
import { quietLog } from './quiet-log.ts'

const folderPrefix = 'creditdesk-test-'
let stop: (() => Promise<void>) | undefined

/**
 * One PostgreSQL for the whole run, with a migrated template that every test file copies, and a folder that goes with it. TEST_DATABASE_URL
 * puts another server in its place; its user must be allowed to create databases.
 */
export async function startTestServer(): Promise<void> {
  await clearLeftovers()
  const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`))
  const { serverUrl, stopServer } = await findServer(folder)
  const template = `creditdesk_template_${process.pid}`
  const dropper = await dropWhenAsked(serverUrl)
  stop = async () => {
    await dropper.stop()
    await dropDatabase(serverUrl, template)
    await stopServer()
    await rm(folder, { recursive: true, force: true })
  }
  const connectionString = await createDatabase(serverUrl, template)
  await migrateDatabase({ connectionString, log: quietLog })
  process.env.TEST_SERVER_URL = serverUrl
  process.env.TEST_TEMPLATE = template
  process.env.TEST_FOLDER = folder
}

/** Undoes what startTestServer did. */
export async function stopTestServer(): Promise<void> {
  await stop?.()
}

async function findServer(dataDir: string): Promise<{ serverUrl: string; stopServer: () => Promise<void> }> {
  const outside = process.env.TEST_DATABASE_URL
  if (outside) return { serverUrl: outside, stopServer: async () => undefined }
  // A test's database need not survive a power cut; a write that waits for the disk would only make the run slow.
  const settings = { synchronous_commit: 'off', fsync: 'off', full_page_writes: 'off' }
  const server = await openEmbedded({ dataDir, log: quietLog, settings })
  return { serverUrl: server.connectionString, stopServer: () => server.stop() }
}

/** A run that was killed, or ended with Ctrl-C, leaves its server and its folder behind. */
async function clearLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    const folder = join(tmpdir(), name)
    const file = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number.parseInt(file, 10)
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command.includes(folder)) process.kill(pid, 'SIGKILL')
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
