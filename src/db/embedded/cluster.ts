import { spawn } from 'node:child_process'
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { Runner } from './runner.ts'

/** The superuser of the embedded server. */
export const superuser = 'creditdesk'

/**
 * Makes an empty cluster in the folder. It is made beside it and renamed when complete, so that a process killed
 * meanwhile leaves nothing that looks like a cluster.
 */
export async function createCluster(
  binaries: Binaries,
  runner: Runner,
  clusterDir: string,
  password: string,
): Promise<void> {
  const draft = `${clusterDir}.new`
  const passwordFile = `${clusterDir}.password`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (runner.ids) {
    await chown(draft, runner.ids.uid, runner.ids.gid)
    await chown(passwordFile, runner.ids.uid, runner.ids.gid)
  }
  try {
    await initdb(binaries, runner, draft, passwordFile)
    await rename(draft, clusterDir)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(draft, { recursive: true, force: true })
  }
}

/** Collation and letter case are PostgreSQL's own, so that a backup sorts alike on every machine. */
function initdb(binaries: Binaries, runner: Runner, draft: string, passwordFile: string): Promise<void> {
  const [program = '', ...args] = [
    ...runner.prefix,
    binaries.initdb,
    '-D',
    draft,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...runner.spawnAs, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(new Error(`The embedded PostgreSQL could not be made in ${dirname(draft)}:\n${output.trim()}`))
    })
  })
}

/** Refuses a folder that another major version of PostgreSQL made, which this one could not read. */
export async function checkVersion(binaries: Binaries, clusterDir: string): Promise<void> {
  const found = Number.parseInt(await readFile(join(clusterDir, 'PG_VERSION'), 'utf8'), 10)
  if (found === binaries.major) return
  throw new Error(
    `${clusterDir} was made by PostgreSQL ${found}, and this CreditDesk brings PostgreSQL ${binaries.major}. ` +
      'Take a backup with the CreditDesk that made it, move the folder away and restore the backup.',
  )
}

export async function hasCluster(clusterDir: string): Promise<boolean> {
  const files: string[] = await readdir(clusterDir).catch(() => [])
  if (files.length > 0 && !files.includes('PG_VERSION'))
    throw new Error(
      `${clusterDir} holds files but no PostgreSQL cluster (no PG_VERSION). Move "${basename(clusterDir)}" away.`,
    )
  return files.length > 0
}

/** A server that was asked to start: its process, a promise of its end with what it wrote to its log until then. */
export interface StartedServer {
  pid: number
  ended: Promise<string>
}

/**
 * Starts the server apart from us: in its own process group, so that a Ctrl-C in the terminal does not take it away
 * before our work in progress is done, and with its log in a file, so that it outlives us.
 */
export async function startServer(
  binaries: Binaries,
  runner: Runner,
  options: { clusterDir: string; port: number; logFile: string; settings: Record<string, string> },
): Promise<StartedServer> {
  const settings = Object.entries({ ...defaultSettings, ...options.settings })
  const [program = '', ...args] = [
    ...runner.prefix,
    binaries.postgres,
    '-D',
    options.clusterDir,
    '-p',
    String(options.port),
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const log = await open(options.logFile, (await isLong(options.logFile)) ? 'w' : 'a', 0o600)
  const { size: before } = await log.stat()
  try {
    const child = spawn(program, args, {
      ...runner.spawnAs,
      detached: true,
      cwd: '/',
      stdio: ['ignore', log.fd, log.fd],
    })
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', () => resolve(readFile(options.logFile, 'utf8').then((text) => text.slice(before))))
    })
    ended.catch(() => undefined)
    child.unref()
    if (child.pid === undefined) throw new Error(`${program} could not be started: ${await ended}`)
    return { pid: child.pid, ended }
  } finally {
    await log.close()
  }
}

const defaultSettings = {
  listen_addresses: '127.0.0.1',
  // Socket paths are limited to 107 characters, and DATA_DIR may be longer.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // Failed statements are reported by the process that sent them; here they would only show customers' data.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
}

async function isLong(logFile: string): Promise<boolean> {
  const found = await stat(logFile).catch(() => undefined)
  return found !== undefined && found.size > 5_000_000
}
