import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A mail server on 127.0.0.1 that takes every mail and reads none, so that it costs the machine little. */
export interface MailSink {
  /** smtp://127.0.0.1:PORT */
  url: string
  /** By address, when the first mail to it was taken; milliseconds of performance.now(). */
  takenAt: Map<string, number>
  close(): Promise<void>
}

export async function startMailSink(): Promise<MailSink> {
  const takenAt = new Map<string, number>()
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 200,
    onData(stream, session, done) {
      stream.resume()
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo) {
          if (!takenAt.has(address)) takenAt.set(address, performance.now())
        }
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    takenAt,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
