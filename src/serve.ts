import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { type Composed, compose, composeHttp, openMailDoors } from './compose.ts'
import type { Config } from './config.ts'
import { createApp } from './http/app.ts'
import { attachSessionSockets } from './http/sockets/attach-session-sockets.ts'
import { type JobRunner, startRunner } from './jobs/runner.ts'

export interface Running {
  composed: Composed
  /** Where it listens, such as http://127.0.0.1:3000. */
  address: string
  /** Lets running requests and jobs finish, then closes everything. */
  stop(): Promise<void>
}

/** How long open requests may take after we were told to stop. */
const drainMs = 10_000

/** Web and worker in one process; with `worker: false` the web alone. */
export async function serve(config: Config, log: Logger, options: { worker: boolean }): Promise<Running> {
  const composed = await compose(config, log)
  let runner: JobRunner | undefined
  try {
    const http = composeHttp(composed, log, config)
    const server = createServer(createApp(http))
    const sockets = attachSessionSockets(server, composed.deps)
    const address = await listen(server, config)
    const doors = await openMailDoors(config, composed)
    if (options.worker) runner = await work(config, composed)
    return {
      composed,
      address,
      async stop() {
        await doors.stop()
        await sockets.close()
        await http.live.close()
        await drain(server)
        await runner?.stop()
        await composed.close()
      },
    }
  } catch (error) {
    await runner?.stop()
    await composed.close()
    throw error
  }
}

/** The workers alone. */
export async function startWorker(config: Config, log: Logger): Promise<{ stop(): Promise<void> }> {
  const composed = await compose(config, log)
  const runner = await work(config, composed)
  return {
    async stop() {
      await runner.stop()
      await composed.close()
    },
  }
}

function work(config: Config, composed: Composed): Promise<JobRunner> {
  return startRunner(composed.deps, {
    connectionString: composed.engine.connectionString,
    concurrency: config.workerConcurrency,
  })
}

function listen(server: Server, config: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `PORT: ${config.port} is taken on ${config.host}. Stop the other program or set PORT to a free one.`,
            )
          : error,
      )
    })
    server.listen(config.port, config.host, () => {
      const { address, port, family } = server.address() as AddressInfo
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${port}`)
    })
  })
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), drainMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
