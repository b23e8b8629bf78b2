import { execFile } from 'node:child_process'
import { readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { codeOf } from '../error-code.ts'

/** What a running (or killed) server left in its folder. */
export interface Postmaster {
  pid: number
  port: number
}

/** Reads postmaster.pid of a cluster; undefined when there is none. */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number.parseInt(lines[0] ?? '', 10)
  return pid > 0 ? { pid, port: Number.parseInt(lines[3] ?? '', 10) || 0 } : undefined
}

/**
 * Whether the process is a PostgreSQL that serves this folder. After a reboot or in a new container the number in
 * postmaster.pid may belong to any program; PostgreSQL itself would then refuse to start for ever. A PostgreSQL of
 * which we can't tell what it serves counts as ours: two servers on one folder would destroy it.
 */
export async function serves(pid: number, clusterDir: string): Promise<boolean> {
  const command = await commandOf(pid)
  if (command === undefined || basename(command[0] ?? '') !== 'postgres') return false
  const folder = command[command.indexOf('-D') + 1]
  if (!command.includes('-D') || folder === undefined) return true
  if ((await readPostmaster(folder))?.pid !== pid) return true
  return (await realpath(folder)) === (await realpath(clusterDir))
}

/** Whether the process is gone; one that ended and was never asked for its result counts as gone. */
export async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return /\) Z /.test(stat)
}

/**
 * Whether the process is on its way out: its command line may be gone already, so that nobody sees what it served, while its port is
 * still open. Linux tells; elsewhere it counts as gone.
 */
export async function isEnding(pid: number): Promise<boolean> {
  return endsBy(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))
}

/** The same by the process's line in /proc (proc_pid_stat(5)). */
export function endsBy(stat: string): boolean {
  // Behind the name, which stands in brackets and may hold any sign: state, parent, group, session, terminal, its group, flags.
  const [state, , , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const exiting = 0x4
  return state !== 'Z' && (Number(flags) & exiting) !== 0
}

async function commandOf(pid: number): Promise<string[] | undefined> {
  if (await isGone(pid)) return undefined
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
    return line?.split('\0')
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.trim() ? [stdout.trim()] : undefined
}
