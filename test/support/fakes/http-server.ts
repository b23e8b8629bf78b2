import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  method: string
  /** Path with its query, as it came. */
  url: string
  headers: Record<string, string | undefined>
  body: string
}

/** A server on 127.0.0.1 for one fake. `close` also ends the connections that a fake left hanging. */
export interface FakeServer {
  url: string
  close(): Promise<void>
}

/**
 * Starts a server that hands each request to `answer` with its whole body. `port` 0 takes a free one; with `tls` it speaks
 * https.
 */
export async function startServer(
  port: number,
  answer: (request: ReceivedRequest, response: ServerResponse) => void,
  tls?: { key: string; cert: string },
): Promise<FakeServer> {
  const listener: RequestListener = (request, response) => {
    readBody(request).then(
      (body) =>
        answer(
          {
            method: request.method ?? 'GET',
            url: request.url ?? '/',
            headers: Object.fromEntries(
              Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
            ),
            body,
          },
          response,
        ),
      () => response.destroy(),
    )
  }
  const server = tls ? createHttpsServer(tls, listener) : createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
  response.end(JSON.stringify(body))
}
