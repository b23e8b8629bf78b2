import { type ChildProcess, fork, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../../src/words/root.ts'

const running = new Set<ChildProcess>()

export type Environment = Record<string, string>

/** The compiled program of one of our sides, and the untouched program of a baseline. */
export const side = (name: string) => fileURLToPath(new URL(`./sides/${name}.js`, import.meta.url))
export const baseline = (name: string) => join(projectRoot, 'test/bench/baseline', `${name}.mjs`)

/** Runs a program to its end and returns what it printed as JSON. Throws with the end of its log when it fails. */
export async function runToJson<T>(
  program: string,
  args: readonly string[],
  environment: Environment,
  logFile: string,
): Promise<T> {
  const log = openSync(logFile, 'w')
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', log],
  })
  closeSync(log)
  running.add(child)
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const [code] = await once(child, 'close')
  running.delete(child)
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${tailOf(logFile)}`)
  return JSON.parse(output)
}

/** The memory flags that `npm start` gives to node. */
function startFlags(): string[] {
  const { scripts }: { scripts: { start: string } } = JSON.parse(
    readFileSync(join(projectRoot, 'package.json'), 'utf8'),
  )
  return scripts.start.match(/--max-\S+/g) ?? []
}

export interface ServerProcess {
  /** http://127.0.0.1:PORT */
  address: string
  /** Resident memory in bytes; of our own server only. */
  memory(): Promise<number>
  stop(): Promise<void>
}

/** Starts a server that prints `{"port": ...}` when it listens. */
export async function startServer(
  program: string,
  args: readonly string[],
  environment: Environment,
  logFile: string,
): Promise<ServerProcess> {
  const log = openSync(logFile, 'w')
  const stdio: StdioOptions = ['ignore', 'pipe', log, 'ipc']
  const child = fork(program, [...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    execArgv: startFlags(),
    stdio,
  })
  closeSync(log)
  running.add(child)
  const ended = once(child, 'close').then(() => running.delete(child))
  const first = child.stdout ? createInterface({ input: child.stdout }) : undefined
  const line = await Promise.race([
    first ? once(first, 'line') : Promise.reject(new Error('no output')),
    ended.then(() => undefined),
  ])
  if (!line) throw new Error(`${program} did not start:\n${tailOf(logFile)}`)
  const { port }: { port: number } = JSON.parse(String(line[0]))
  return {
    address: `http://127.0.0.1:${port}`,
    async memory() {
      child.send('memory')
      const [bytes] = await once(child, 'message')
      return Number(bytes)
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Ends what is still running after an error. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

function tailOf(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n')
}
