import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Log } from '../../ports/log.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { checkVersion, createCluster, hasCluster, type StartedServer, startServer } from './cluster.ts'
import { reach, servesFolder } from './hold.ts'
import { endOrphans } from './orphans.ts'
import { freePort, isFree } from './ports.ts'
import { isEnding, isGone, readPostmaster, serves } from './postmaster.ts'
import { chooseRunner, type Runner } from './runner.ts'
import { newPassword, readSettings, type ServerSettings, writeSettings } from './settings-file.ts'

/** Where an embedded server keeps what is its own. */
export interface Place {
  clusterDir: string
  settingsFile: string
  logFile: string
}

interface Options {
  log: Log
  settings: Record<string, string>
  samePort: boolean
}

/** What PostgreSQL says while processes of a killed server are there. */
const orphansSeen = /shared memory block .* still in use/

/** What it says of a postmaster.pid that a server was killed over before it wrote into it. */
const emptyLockSeen = /lock file .* is empty/

/** Above what any system gives to a process. */
const nobodysPid = 99_999_999

/** How long the processes of a killed server may take to notice that it is gone, before they are ended. */
const noticeMs = 3_000

/** Recovering from a crash may take long; more than this means that something is wrong. */
const patienceMs = 120_000

/**
 * Returns a connection that holds the server of this place, which it finds running, or starts, or creates first.
 * The caller must hold the place's lock: two processes doing this at once would start two servers.
 * A port that another program took is changed, or, for a process whose pools know it already (`samePort`), an error.
 */
export async function ensureRunning(
  place: Place,
  options: Options,
): Promise<{ client: pg.Client; settings: ServerSettings }> {
  const { log } = options
  const binaries = findBinaries()
  const runner = await chooseRunner(binaries, place.clusterDir)
  let settings = await prepare(place, binaries, runner, log)
  const deadline = Date.now() + patienceMs
  let started: StartedServer | undefined
  let orphansUntil: number | undefined

  while (Date.now() < deadline) {
    const found = await readPostmaster(place.clusterDir)
    if (found && (await serves(found.pid, place.clusterDir))) {
      const reached = await reach({ ...settings, port: found.port || settings.port })
      if (reached.outcome === 'connected' && (await servesFolder(reached.client, found.pid))) {
        settings = await keepPort(place, settings, found.port)
        if (!started)
          log.info({ pid: found.pid, port: settings.port }, 'The embedded PostgreSQL was already running')
        return { client: reached.client, settings }
      }
      if (reached.outcome === 'connected') await reached.client.end()
      if (reached.outcome === 'refused') throw refusal(place, found.pid, reached.reason)
    } else if (found && (await isEnding(found.pid))) {
      // Its port is not free yet, and would be thought another program's.
    } else if (started && !(await isGone(started.pid))) {
      // It has not written postmaster.pid yet.
    } else if (started) {
      const output = await started.ended
      started = undefined
      if (orphansSeen.test(output)) {
        orphansUntil ??= Date.now() + noticeMs
        if (Date.now() > orphansUntil) await clearOrphans(place, log)
        await sleep(200)
      } else settings = await afterFailure(place, settings, output, options)
      continue
    } else {
      if (found) await clearStale(place, found.pid, log)
      if (!(await isFree(settings.port))) settings = await changePort(place, settings, options)
      started = await startServer(binaries, runner, {
        ...place,
        port: settings.port,
        settings: options.settings,
      })
      log.info({ pid: started.pid, port: settings.port }, 'Starting the embedded PostgreSQL')
    }
    await sleep(20)
  }
  throw new Error(
    `The embedded PostgreSQL of ${place.clusterDir} did not answer on 127.0.0.1:${settings.port} within ` +
      `${patienceMs / 1000} s. Its log is ${place.logFile}.`,
  )
}

async function prepare(place: Place, binaries: Binaries, runner: Runner, log: Log): Promise<ServerSettings> {
  const kept = await readSettings(place.settingsFile)
  if (await hasCluster(place.clusterDir)) {
    if (!kept)
      throw new Error(
        `${place.settingsFile} is missing. It holds the password of the database in ${place.clusterDir}. ` +
          'Restore it from a copy, or move both away and restore a backup.',
      )
    await checkVersion(binaries, place.clusterDir)
    return kept
  }
  const settings = kept ?? { port: await freePort(), password: newPassword() }
  if (!kept) await writeSettings(place.settingsFile, settings)
  log.info({ folder: place.clusterDir }, 'Creating the embedded PostgreSQL')
  await createCluster(binaries, runner, place.clusterDir, settings.password)
  return settings
}

async function keepPort(place: Place, settings: ServerSettings, port: number): Promise<ServerSettings> {
  if (port === 0 || port === settings.port) return settings
  const changed = { ...settings, port }
  await writeSettings(place.settingsFile, changed)
  return changed
}

async function changePort(
  place: Place,
  settings: ServerSettings,
  { samePort, log }: Options,
): Promise<ServerSettings> {
  if (samePort)
    throw new Error(
      `Another program listens on port ${settings.port} of 127.0.0.1, where the embedded PostgreSQL was. ` +
        'End that program, or restart CreditDesk: it then takes another port.',
    )
  const changed = { ...settings, port: await freePort() }
  log.warn(
    { occupied: settings.port, port: changed.port },
    'Another program listens on the port of the embedded PostgreSQL; it moves to a free one',
  )
  await writeSettings(place.settingsFile, changed)
  return changed
}

/**
 * PostgreSQL clears a dead server's postmaster.pid itself, except when its number was given to another program
 * meanwhile: then it would never start. The number is replaced and the file is kept, because by its other lines
 * PostgreSQL finds out whether processes of the dead server still write to the folder.
 */
async function clearStale(place: Place, pid: number, log: Log): Promise<void> {
  if (pid === nobodysPid) return
  log.warn({ pid }, 'The embedded PostgreSQL was not stopped cleanly; it recovers by itself')
  const file = lockFileOf(place)
  const text = await readFile(file, 'utf8')
  const { uid, gid, mode } = await stat(file)
  // Beside it and then renamed: killed while we write, we would leave an empty file, and nobody would look for those processes.
  const draft = `${file}.new`
  await rm(draft, { force: true })
  await writeFile(draft, text.replace(/^\d+/, String(nobodysPid)), { mode })
  await chown(draft, uid, gid)
  await rename(draft, file)
}

const lockFileOf = (place: Place) => join(place.clusterDir, 'postmaster.pid')

async function clearOrphans(place: Place, log: Log): Promise<void> {
  const ended = await endOrphans(place.clusterDir)
  if (ended > 0)
    log.warn({ ended }, 'Processes of the killed PostgreSQL did not end by themselves and were ended')
}

/** Decides what to do when a server ended instead of starting: go on with these settings, or throw. */
async function afterFailure(
  place: Place,
  settings: ServerSettings,
  output: string,
  options: Options,
): Promise<ServerSettings> {
  if (/lock file .* already exists/.test(output)) {
    await sleep(200)
    return settings
  }
  if (emptyLockSeen.test(output)) {
    // PostgreSQL had made sure before that no process of an older server is left, and had none itself yet.
    options.log.warn({}, 'The embedded PostgreSQL was killed while it started; it is started anew')
    await rm(lockFileOf(place), { force: true })
    return settings
  }
  if (/could not bind|could not create any TCP/.test(output)) return changePort(place, settings, options)
  const tail = (output || (await readFile(place.logFile, 'utf8').catch(() => '')))
    .trim()
    .split('\n')
    .slice(-8)
  throw new Error(`The embedded PostgreSQL of ${place.clusterDir} did not start:\n${tail.join('\n')}`)
}

function refusal(place: Place, pid: number, reason: string): Error {
  return new Error(
    `A PostgreSQL (process ${pid}) serves ${place.clusterDir} but refuses us: ${reason}. ` +
      `${place.settingsFile} must hold its password; or stop that process and start again.`,
  )
}
