import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { endsBy, isGone } from '../../src/db/embedded/postmaster.ts'
import { type EmbeddedServer, openEmbedded } from '../../src/db/embedded/server.ts'
import { itIf } from '../support/if-here.ts'
import { quietLog as log } from '../support/quiet-log.ts'

let dataDir: string
let opened: EmbeddedServer[]

beforeEach(async () => {
  opened = []
  dataDir = await mkdtemp(join(tmpdir(), 'creditdesk embedded '))
})

afterEach(async () => {
  for (const server of opened) await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function open(): Promise<EmbeddedServer> {
  const server = await openEmbedded({ dataDir, log })
  opened.push(server)
  return server
}

async function ask(server: { connectionString: string }, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: server.connectionString })
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

/** Waits until a table `kept`, whose one answer is 42, can be read again. */
async function waitForKept(server: EmbeddedServer): Promise<void> {
  const deadline = Date.now() + 30_000
  let answer: unknown
  while (answer === undefined && Date.now() < deadline) {
    await sleep(50)
    answer = await ask(server, 'select answer from kept').catch(() => undefined)
  }
  expect(answer).toBe(42)
}

async function listenAsSoonAsFree(port: number): Promise<Server> {
  for (;;) {
    const server = createServer((socket) => socket.destroy())
    const outcome = await new Promise<'listening' | 'taken'>((resolve) => {
      server.once('error', () => resolve('taken'))
      server.listen(port, '127.0.0.1', () => resolve('listening'))
    })
    if (outcome === 'listening') return server
    await sleep(1)
  }
}

const onLinux = itIf(process.platform === 'linux', 'only Linux tells in which folder a process works')

const pidFile = () => join(dataDir, 'postgres', 'postmaster.pid')
const pidOf = async () => Number.parseInt(await readFile(pidFile(), 'utf8'), 10)

describe('the embedded PostgreSQL', () => {
  it('keeps its data, its port and its password over a stop', async () => {
    const first = await open()
    await ask(first, 'create table kept as select 42 as answer')
    await first.stop()
    await expect(readFile(pidFile())).rejects.toThrow('ENOENT')
    const second = await open()
    expect(second.connectionString).toBe(first.connectionString)
    expect(await ask(second, 'select answer from kept')).toBe(42)
  })

  it('keeps port and password from other users', async () => {
    await open()
    expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700)
  })

  it('is one server for all who open it, until the last lets go', async () => {
    const servers = await Promise.all([open(), open(), open()])
    expect(new Set(servers.map((server) => server.connectionString)).size).toBe(1)
    await servers[0]?.stop()
    await servers[1]?.stop()
    expect(await ask(servers[2] ?? { connectionString: '' }, 'select 1')).toBe(1)
    await servers[2]?.stop()
    await expect(ask(servers[2] ?? { connectionString: '' }, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  it('takes over the server of a process that was killed', async () => {
    const launch = join(import.meta.dirname, '..', '..', 'src', 'launch.mjs')
    const owner = spawn(process.execPath, [launch, '--script', 'test/support/hold-server.ts', dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(owner.stdout, 'data')
    const pid = await pidOf()
    owner.kill('SIGKILL')
    await once(owner, 'close')
    const server = await open()
    expect(await pidOf()).toBe(pid)
    await server.stop()
    await expect(readFile(pidFile())).rejects.toThrow('ENOENT')
  })

  it('starts again by itself when it is killed, with what was committed', async () => {
    const server = await open()
    await ask(server, 'create table kept as select 42 as answer')
    process.kill(await pidOf(), 'SIGKILL')
    await waitForKept(server)
  })

  it('knows a killed server that still has its port by its line in /proc', () => {
    // In the form in which they were read while a server was killed: it serves; it ends, its command line gone and its port open;
    // it is a zombie without a port.
    expect(endsBy('811 (postgres) S 1 811 811 0 -1 4194560 21590 0')).toBe(false)
    expect(endsBy('811 (postgres) R 1 811 811 0 -1 4194564 21590 0')).toBe(true)
    expect(endsBy('811 (postgres) Z 1 811 811 0 -1 4194564 21590 0')).toBe(false)
    expect(endsBy('812 (a) R 1 2 3 4 5 4) S 1 812 812 0 -1 4194560 90 0')).toBe(false)
    expect(endsBy('')).toBe(false)
  })

  onLinux(
    'starts though a process of the killed server does not end',
    async () => {
      const server = await open()
      await ask(server, 'create table kept as select 42 as answer')
      const stuck = Number(
        await ask(server, "select pid from pg_stat_activity where backend_type = 'checkpointer'"),
      )
      process.kill(stuck, 'SIGSTOP')
      process.kill(await pidOf(), 'SIGKILL')
      await waitForKept(server)
      expect(await isGone(stuck)).toBe(true)
    },
    60_000,
  )

  it('starts though its old number now belongs to another program', async () => {
    const first = await open()
    const text = await readFile(pidFile(), 'utf8')
    await first.stop()
    await writeFile(pidFile(), text.replace(/^\d+/, String(process.pid)))
    expect(await ask(await open(), 'select 1')).toBe(1)
  })

  it('moves to another port when its own is taken', async () => {
    const first = await open()
    await first.stop()
    const taken = createServer().listen(Number(new URL(first.connectionString).port), '127.0.0.1')
    await once(taken, 'listening')
    const second = await open()
    expect(second.connectionString).not.toBe(first.connectionString)
    expect(await ask(second, 'select 1')).toBe(1)
    taken.close()
  })

  it('waits for its port when another program takes it while the server is away', async () => {
    const server = await open()
    await ask(server, 'create table kept as select 42 as answer')
    const port = Number(new URL(server.connectionString).port)
    process.kill(await pidOf(), 'SIGKILL')
    const taken = await listenAsSoonAsFree(port)
    await sleep(1_500)
    expect(await ask(server, 'select answer from kept').catch(String)).not.toBe(42)
    taken.close()
    await waitForKept(server)
    expect(JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')).port).toBe(port)
  })

  it('takes no port that the system gives to programs that ask for any', async () => {
    const port = Number(new URL((await open()).connectionString).port)
    expect(port).toBeLessThan(32_768)
  })

  it('starts though a server was killed before it wrote into its postmaster.pid', async () => {
    const first = await open()
    await first.stop()
    await writeFile(pidFile(), '')
    expect(await ask(await open(), 'select 1')).toBe(1)
  })

  it('says which file is missing when the password is lost', async () => {
    const first = await open()
    await first.stop()
    await rm(join(dataDir, 'postgres.json'))
    await expect(open()).rejects.toThrow(`${join(dataDir, 'postgres.json')} is missing`)
  })

  it('refuses a folder that another version of PostgreSQL made', async () => {
    const first = await open()
    await first.stop()
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '12\n')
    await expect(open()).rejects.toThrow('was made by PostgreSQL 12')
  })
})
