import { resolve as resolveDns } from 'node:dns/promises'
import { authenticate, type DNSResolver } from 'mailauth'
import type { MailProofPort, SenderProof } from '../../src/ports/mail-proof.ts'
import { readTrustedResults } from './trusted-results.ts'

export interface MailProofOptions {
  /**
   * Name by which our own mail server signs its Authentication-Results. It must take away what a sender wrote under this name,
   * as RFC 8601 demands. Undefined: results in the mail count for nothing.
   */
  trustedServer?: string
  /** Default: the system's name servers. */
  resolver?: DNSResolver
  /** For all look-ups of one mail. Default 15 s. */
  timeoutMs?: number
}

/** Proves senders: by our own look-ups for mail that we took in ourselves, by a trusted server's word for mail of a mailbox. */
export function createMailProof(options: MailProofOptions = {}): MailProofPort {
  return {
    async prove(mail) {
      const { peer } = mail
      if (!peer) return readTrustedResults(mail.raw, mail.domain, options.trustedServer)
      try {
        return await withDeadline(askDomains({ ...mail, peer }, options), options.timeoutMs ?? 15_000)
      } catch (error) {
        return { result: 'none', detail: `The sender could not be looked up: ${String(error)}` }
      }
    },
  }
}

type Taken = Parameters<MailProofPort['prove']>[0] & { peer: { ip: string; helo: string } }

async function askDomains(mail: Taken, options: MailProofOptions): Promise<SenderProof> {
  const { dmarc, dkim, spf } = await authenticate(mail.raw, {
    ip: mail.peer.ip,
    helo: mail.peer.helo,
    sender: mail.envelopeFrom ?? '',
    mta: 'creditdesk',
    disableArc: true,
    disableBimi: true,
    resolver: options.resolver ?? (resolveDns as DNSResolver),
  })
  if (!dmarc) return { result: 'none', detail: 'The mail has no author that could be proven.' }
  const signed = dkim.results.some(
    ({ signingDomain, status }) =>
      status.result === 'pass' && !status.underSized && signingDomain === mail.domain,
  )
  const routed = spf !== false && spf.status.result === 'pass' && spf.domain === mail.domain
  const detail = `dmarc=${dmarc.status.result} dkim=${signed ? 'pass' : 'none'} spf=${routed ? 'pass' : 'none'} for ${mail.domain}`
  if (!isSameOrBelow(mail.domain, dmarc.domain)) return { result: 'fail', detail }
  const alignment = dmarc.alignment
  // A signature over a part of the body proves nothing of the rest.
  const whole = Boolean(alignment?.spf?.result) || !alignment?.dkim?.underSized
  if (dmarc.status.result === 'pass' && whole) return { result: 'pass', detail }
  // A domain without a policy is proven by what DMARC would have looked at.
  if (dmarc.status.result === 'none' && (signed || routed)) return { result: 'pass', detail }
  return { result: dmarc.status.result === 'fail' ? 'fail' : 'none', detail }
}

function isSameOrBelow(domain: string, parent: string): boolean {
  return parent !== '' && (domain === parent || domain.endsWith(`.${parent}`))
}

function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the name servers took too long')), ms)
  })
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer))
}
