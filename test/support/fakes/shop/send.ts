import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** Posts as WordPress does, on a connection of its own. Undefined when no answer came; a body that drips on is left. */
export function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  timeoutMs: number,
): Promise<{ status: number; location: string | undefined } | undefined> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp
    const request = send(
      url,
      {
        method: 'POST',
        agent: false,
        headers: { ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        resolve({ status: response.statusCode ?? 0, location: response.headers.location })
        response.resume()
        response.on('error', () => undefined)
      },
    )
    request.on('error', () => resolve(undefined))
    request.end(body)
  })
}
