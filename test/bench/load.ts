import autocannon from 'autocannon'

export interface LoadRequest {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

export const connections = 16

/**
 * Sends each request once over 16 connections and returns how many were answered each second. Throws when one is answered
 * with anything but 2xx, because a refusal is quicker than the work that is measured.
 */
export async function sendAll(address: string, requests: readonly LoadRequest[]): Promise<number> {
  const each = Math.floor(requests.length / connections)
  let next = 0
  const started = performance.now()
  const result = await autocannon({
    url: address,
    connections,
    amount: each * connections,
    timeout: 60,
    setupClient(client) {
      const part = requests.slice(next, next + each)
      next += each
      client.setRequests(part)
    },
  })
  const seconds = (performance.now() - started) / 1000
  if (result.non2xx > 0 || result.errors > 0 || result['2xx'] < each * connections) {
    throw new Error(
      `${address}: of ${each * connections} requests ${result['2xx']} were answered 2xx (${result.errors} errors; ` +
        `statuses ${JSON.stringify(result.statusCodeStats)})`,
    )
  }
  return result['2xx'] / seconds
}
