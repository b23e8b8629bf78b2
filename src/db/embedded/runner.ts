import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'

const run = promisify(execFile)

/** As whom PostgreSQL's programs run. An ordinary user runs them as itself: no ids, no prefix. */
export interface Runner {
  ids?: { uid: number; gid: number }
  /** Put before a program and its arguments. */
  prefix: string[]
  /** What node's spawn is to change by itself; empty when the prefix does it. */
  spawnAs: { uid?: number; gid?: number }
}

/**
 * Decides as whom PostgreSQL runs: as ourselves, or, because PostgreSQL refuses root, as the owner of an existing
 * cluster or else as the system user `postgres`, who is created when missing.
 */
export async function chooseRunner(binaries: Binaries, clusterDir: string): Promise<Runner> {
  if (process.getuid?.() !== 0) return { prefix: [], spawnAs: {} }
  const owner = await stat(clusterDir).catch(() => undefined)
  const ids = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await postgresUser()
  const needed = [clusterDir, binaries.postgres, join(binaries.root, 'lib'), join(binaries.root, 'share')]
  for (const path of needed) {
    const closed = await closedFolder(path, ids)
    if (closed) return { ids, prefix: await passThrough(ids, closed), spawnAs: {} }
  }
  return { ids, prefix: [], spawnAs: ids }
}

async function postgresUser(): Promise<{ uid: number; gid: number }> {
  try {
    return await lookUp('postgres')
  } catch {
    try {
      await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'])
      return await lookUp('postgres')
    } catch (error) {
      throw new Error(
        'PostgreSQL refuses to run as root, and a system user "postgres" could not be created ' +
          `(${String(error).trim()}). ` +
          'Create it by hand, start CreditDesk as an ordinary user, or set DATABASE_URL.',
      )
    }
  }
}

async function lookUp(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

/** The first folder on the way to the path that the user may not enter, if any. */
async function closedFolder(path: string, ids: { uid: number; gid: number }): Promise<string | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined)
    if (found) {
      const bit = found.uid === ids.uid ? 0o100 : found.gid === ids.gid ? 0o010 : 0o001
      if ((found.mode & bit) === 0) return folder
    }
    if (folder === dirname(folder)) return undefined
  }
}

/**
 * A clone under /root, or in a folder from mktemp -d, is closed to every other user. Opening it up is not ours to do
 * and the data belongs in DATA_DIR, so the server is given the one right to pass through folders, and nothing else of root's.
 */
async function passThrough(ids: { uid: number; gid: number }, closed: string): Promise<string[]> {
  const right = await passingRight()
  const prefix = [
    'setpriv',
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    `--inh-caps=-all,+${right}`,
    `--ambient-caps=-all,+${right}`,
    // Without it the kernel leaves the right out of access(2), by which PostgreSQL checks its own program.
    '--securebits=+no_setuid_fixup',
  ]
  try {
    await run('setpriv', [...prefix.slice(1), 'test', '-x', closed])
    return prefix
  } catch {
    throw new Error(
      `PostgreSQL refuses to run as root, and the user it runs as instead (id ${ids.uid}) may not enter ${closed}. ` +
        `Allow it (chmod o+x "${closed}"), put the project and DATA_DIR elsewhere, ` +
        'start CreditDesk as an ordinary user, or set DATABASE_URL.',
    )
  }
}

/** Containers often lack the narrower right, to search and read anything. */
async function passingRight(): Promise<'dac_read_search' | 'dac_override'> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  const readSearchBit = 2n
  return (effective >> readSearchBit) & 1n ? 'dac_read_search' : 'dac_override'
}
