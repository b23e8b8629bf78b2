import type { SenderProof } from '../../src/ports/mail-proof.ts'

const noWord = (detail: string): SenderProof => ({ result: 'none', detail })

/**
 * What our own mail server says of the sender (RFC 8601). Only the topmost Authentication-Results header is read, and only when
 * it is of the trusted server: any further down may have been written by whoever sent the mail.
 */
export function readTrustedResults(raw: Buffer, domain: string, server: string | undefined): SenderProof {
  if (server === undefined) return noWord('No mail server is trusted to prove senders (MAIL_TRUSTED_SERVER).')
  const results = topmostResults(raw)
  if (results === undefined) return noWord('The mail server said nothing of the sender.')
  const [id = '', ...parts] = withoutComments(results).split(';')
  if (id.trim().split(/\s+/)[0]?.toLowerCase() !== server.toLowerCase()) {
    return noWord(`The word on the sender is of ${id.trim().slice(0, 100)}, which is not trusted.`)
  }
  const methods = parts.map(readMethod).filter((method) => method !== undefined)
  const dmarc = methods.find(({ method }) => method === 'dmarc')
  const detail = methods.map(({ method, result }) => `${method}=${result}`).join(' ')
  if (dmarc && dmarc.properties.get('header.from') === domain) {
    if (dmarc.result === 'pass') return { result: 'pass', detail }
    if (dmarc.result === 'fail') return { result: 'fail', detail }
  }
  const aligned = methods.some(
    ({ method, result, properties }) =>
      result === 'pass' &&
      ((method === 'dkim' && properties.get('header.d') === domain) ||
        (method === 'spf' && domainOf(properties.get('smtp.mailfrom')) === domain)),
  )
  return { result: aligned ? 'pass' : 'none', detail }
}

function topmostResults(raw: Buffer): string | undefined {
  const end = raw.indexOf('\r\n\r\n') >= 0 ? raw.indexOf('\r\n\r\n') : raw.indexOf('\n\n')
  const header = raw.subarray(0, end < 0 ? Math.min(raw.length, 200_000) : end).toString('latin1')
  const lines = header.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  return lines.find((line) => /^authentication-results:/i.test(line))?.replace(/^[^:]*:\s*/, '')
}

function withoutComments(text: string): string {
  let before: string
  let after = text
  do {
    before = after
    after = before.replace(/\([^()]*\)/g, ' ')
  } while (after !== before)
  return after
}

interface Method {
  method: string
  result: string
  properties: Map<string, string>
}

function readMethod(part: string): Method | undefined {
  const [first = '', ...rest] = part.trim().split(/\s+/)
  const [, method, result] = /^([a-z0-9-]+)(?:\/\d+)?=([a-z]+)$/i.exec(first) ?? []
  if (method === undefined || result === undefined) return undefined
  const properties = new Map(
    rest.flatMap((property): [string, string][] => {
      const [, name, value] = /^([a-z]+\.[a-z0-9_-]+)="?([^"]*)"?$/i.exec(property) ?? []
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.toLowerCase()]]
    }),
  )
  return { method: method.toLowerCase(), result: result.toLowerCase(), properties }
}

function domainOf(address: string | undefined): string | undefined {
  return address?.slice(address.lastIndexOf('@') + 1)
}
