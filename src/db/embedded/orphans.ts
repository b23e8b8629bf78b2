import { readdir, readlink, realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '../error-code.ts'
import { isGone } from './postmaster.ts'

/** How long they may take to quit before they are killed, and then to be gone. */
const quitMs = 2_000

/**
 * Ends what a dead server left running in this folder and returns how many processes that were. A process of a killed server
 * notices by itself that it is gone, unless it was stopped or was just being made; while it lives, no new server may start.
 * Must be called only when no server serves the folder. Linux only: elsewhere nobody tells in which folder a process works.
 */
export async function endOrphans(clusterDir: string): Promise<number> {
  const orphans = await processesIn(clusterDir)
  for (const pid of orphans) signal(pid, 'SIGQUIT')
  const left = await waitForEnd(orphans)
  for (const pid of left) signal(pid, 'SIGKILL')
  // One that hangs in the kernel ends when it can; the server is tried again meanwhile.
  await waitForEnd(left)
  return orphans.length
}

/** Those that live still when the time is over. */
async function waitForEnd(pids: number[]): Promise<number[]> {
  const deadline = Date.now() + quitMs
  let left = await living(pids)
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(20)
    left = await living(left)
  }
  return left
}

/** PostgreSQL's processes work in the folder that they serve. */
async function processesIn(clusterDir: string): Promise<number[]> {
  const folder = await realpath(clusterDir)
  const names = await readdir('/proc').catch(() => [])
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
      if (cwd !== folder) return undefined
      const program = await readlink(`/proc/${pid}/exe`).catch(() => '')
      return basename(program) === 'postgres' ? pid : undefined
    }),
  )
  return found.filter((pid) => pid !== undefined)
}

async function living(pids: number[]): Promise<number[]> {
  const gone = await Promise.all(pids.map(isGone))
  return pids.filter((_, index) => !gone[index])
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}
