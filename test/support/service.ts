import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../src/db/embedded/ports.ts'
import { projectRoot } from '../../src/words/root.ts'

/** The built service as its users run it: a process of its own, which a test may kill. */
export interface Service {
  address: string
  process: ChildProcess
  /** What it wrote to stderr so far. */
  said(): string
  kill(): Promise<void>
  stop(): Promise<void>
}

export async function startService(env: Record<string, string>, command = 'serve'): Promise<Service> {
  const port = env.PORT ?? String(await freePort())
  const child = spawn(process.execPath, ['src/launch.mjs', '--no-env-file', command], {
    cwd: projectRoot,
    env: { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'warn', ...env, PORT: port },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += String(chunk)
  })
  const address = `http://127.0.0.1:${port}`
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the service ended at its start: ${errors}`)
    const ready = await fetch(`${address}/readyz`).catch(() => undefined)
    if (ready?.status === 200) break
    await ready?.arrayBuffer()
    await sleep(20)
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return {
    address,
    process: child,
    said: () => errors,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

/** Runs one CLI command of the built service with --json and reads its document. */
export async function runCli<T>(
  env: Record<string, string>,
  args: string[],
): Promise<{ code: number; json: T; stderr: string }> {
  const child = spawn(process.execPath, ['src/launch.mjs', '--no-env-file', ...args, '--json'], {
    cwd: projectRoot,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, json: (stdout === '' ? undefined : JSON.parse(stdout)) as T, stderr }
}

/** Calls the API of a running service as a program of the shop's does. Throws with what it answered unless that is a success. */
export async function callApi<T>(
  { address, key }: { address: string | undefined; key: string },
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(`${address}/api/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}
