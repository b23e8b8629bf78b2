import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { rootCertificates } from 'node:tls'

/** The connections of one client. `trusted` (PEM) stands beside the public authorities, it does not replace them. */
export function makeAgents(
  keepAlive: boolean,
  trusted: string[] = [],
): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const ca = trusted.length > 0 ? { ca: [...rootCertificates, ...trusted] } : {}
  return { httpAgent: new HttpAgent({ keepAlive }), httpsAgent: new HttpsAgent({ keepAlive, ...ca }) }
}
