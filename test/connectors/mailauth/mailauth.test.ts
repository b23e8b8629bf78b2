import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createEmail } from '../../../connectors/email/email.ts'
import { createMailProof } from '../../../connectors/mailauth/mailauth.ts'
import { readTrustedResults } from '../../../connectors/mailauth/trusted-results.ts'
import type { MailPort } from '../../../src/ports/mail.ts'
import { type FakeSmtp, startFakeSmtp } from '../../support/fakes/smtp.ts'

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
})

/** The name servers of three domains: one with a policy, one without, and one that is nobody's. */
const records: Record<string, string> = {
  'TXT _dmarc.shop.example': 'v=DMARC1; p=reject',
  'TXT desk._domainkey.shop.example': `v=DKIM1; k=rsa; p=${keys.publicKey.toString('base64')}`,
  'TXT shop.example': 'v=spf1 ip4:192.0.2.10 -all',
  'TXT desk._domainkey.plain.example': `v=DKIM1; k=rsa; p=${keys.publicKey.toString('base64')}`,
  'TXT plain.example': 'v=spf1 ip4:192.0.2.20 -all',
  'TXT evil.example': 'v=spf1 ip4:203.0.113.66 -all',
  'TXT desk._domainkey.evil.example': `v=DKIM1; k=rsa; p=${keys.publicKey.toString('base64')}`,
}

const resolver = async (name: string, type: string): Promise<string[][]> => {
  const found = records[`${type} ${name}`]
  if (found === undefined) throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' })
  return [[found]]
}

const proof = createMailProof({ resolver })
let smtp: FakeSmtp
const opened: MailPort[] = []

beforeAll(async () => {
  smtp = await startFakeSmtp()
})
afterAll(async () => {
  await Promise.all(opened.map((mail) => mail.close()))
  await smtp.close()
})

/** A mail as it leaves a server that signs for a domain. */
async function written(from: string, signedFor?: string): Promise<Buffer> {
  const mail = createEmail({
    smtpUrl: smtp.url,
    ...(signedFor && {
      dkim: { domainName: signedFor, keySelector: 'desk', privateKey: keys.privateKey },
    }),
  })
  opened.push(mail)
  await mail.send({
    messageId: `m${opened.length}@shop.example`,
    from: { name: 'Maja', address: from },
    to: { name: '', address: 'agent+x@desk.example' },
    subject: 'Re: Printer',
    text: 'Clear the cache.',
    html: '<p>Clear the cache.</p>',
  })
  return smtp.mails.at(-1)?.raw ?? Buffer.from('')
}

const ours = { ip: '192.0.2.10', helo: 'mx.shop.example' }
const stranger = { ip: '203.0.113.66', helo: 'mx.evil.example' }

describe('a mail that we took in ourselves', () => {
  it('is proven by the server that its domain names, or by its signature', async () => {
    const raw = await written('maja@shop.example')
    const routed = { raw, domain: 'shop.example', peer: ours, envelopeFrom: 'maja@shop.example' }
    expect(await proof.prove(routed)).toMatchObject({ result: 'pass' })
    const signed = await written('maja@shop.example', 'shop.example')
    const relayed = { raw: signed, domain: 'shop.example', peer: stranger, envelopeFrom: 'x@evil.example' }
    expect(await proof.prove(relayed)).toMatchObject({ result: 'pass' })
  })

  it('is not proven by somebody else’s server and somebody else’s signature', async () => {
    const raw = await written('maja@shop.example', 'evil.example')
    for (const envelopeFrom of ['maja@shop.example', 'x@evil.example', '']) {
      const forged = { raw, domain: 'shop.example', peer: stranger, envelopeFrom }
      expect(await proof.prove(forged)).toMatchObject({ result: 'fail' })
    }
  })

  it('is not proven once a word of what was signed is changed', async () => {
    const raw = await written('maja@shop.example', 'shop.example')
    const changed = Buffer.from(raw.toString('latin1').replaceAll('cache', 'safe!'), 'latin1')
    const forged = { raw: changed, domain: 'shop.example', peer: stranger, envelopeFrom: 'x@evil.example' }
    expect(await proof.prove(forged)).toMatchObject({ result: 'fail' })
  })

  it('of a domain without a policy is proven by the same means, and by nothing less', async () => {
    const signed = await written('maja@plain.example', 'plain.example')
    const from = (raw: Buffer, peer: typeof ours, envelopeFrom: string) =>
      proof.prove({ raw, domain: 'plain.example', peer, envelopeFrom })
    expect(await from(signed, stranger, 'x@evil.example')).toMatchObject({ result: 'pass' })
    const bare = await written('maja@plain.example', 'evil.example')
    expect(await from(bare, stranger, 'x@evil.example')).toMatchObject({ result: 'none' })
    expect(await from(bare, stranger, 'maja@plain.example')).toMatchObject({ result: 'none' })
    const routed = { ip: '192.0.2.20', helo: 'mx.plain.example' }
    expect(await from(bare, routed, 'maja@plain.example')).toMatchObject({ result: 'pass' })
  })

  it('proves nothing while the name servers are silent', async () => {
    const slow = createMailProof({ resolver: () => new Promise(() => undefined), timeoutMs: 50 })
    const raw = await written('maja@shop.example', 'shop.example')
    expect(await slow.prove({ raw, domain: 'shop.example', peer: ours })).toMatchObject({ result: 'none' })
  })

  it('that names two authors is nobody’s', async () => {
    const raw = Buffer.from(
      'From: maja@shop.example, eve@evil.example\r\nTo: agent+x@desk.example\r\nSubject: x\r\n\r\nHi\r\n',
    )
    const proven = await proof.prove({
      raw,
      domain: 'shop.example',
      peer: ours,
      envelopeFrom: 'maja@shop.example',
    })
    expect(proven.result).not.toBe('pass')
  })
})

describe('a mail of a mailbox', () => {
  const mail = (...headers: string[]) =>
    Buffer.from([...headers, 'From: Maja <maja@shop.example>', 'Subject: x', '', 'Hi', ''].join('\r\n'))
  const read = (...headers: string[]) =>
    readTrustedResults(mail(...headers), 'shop.example', 'mx.shop.example').result
  const results = (text: string, server = 'mx.shop.example') => `Authentication-Results: ${server}; ${text}`

  it.each([
    [results('dmarc=pass (p=REJECT) header.from=shop.example')],
    [results('spf=fail smtp.mailfrom=x@y.example; dkim=pass header.d=shop.example header.s=a')],
    [results('spf=pass smtp.mailfrom=maja@shop.example')],
    [
      'Authentication-Results: mx.shop.example 1;\r\n\tdkim=pass\r\n header.d=shop.example;\r\n dmarc=pass header.from=shop.example',
    ],
    ['Authentication-Results: MX.shop.example;dmarc=pass header.from=shop.example'],
  ])('is proven by the word of the trusted server: %s', (header) => {
    expect(read(header)).toBe('pass')
  })

  it.each([
    ['nothing', 'none', []],
    ['another server', 'none', [results('dmarc=pass header.from=shop.example', 'mx.evil.example')]],
    [
      'a forged word below that of our server',
      'fail',
      [results('dmarc=fail header.from=shop.example'), results('dmarc=pass header.from=shop.example')],
    ],
    [
      'a word that another server’s stands above',
      'none',
      [
        results('dmarc=pass header.from=shop.example', 'mx.evil.example'),
        results('dmarc=pass header.from=shop.example'),
      ],
    ],
    ['another domain', 'none', [results('dmarc=pass header.from=evil.example')]],
    ['a signature of another domain', 'none', [results('dkim=pass header.d=evil.example')]],
    ['a word within a comment', 'none', [results('dmarc=none (x; dmarc=pass header.from=shop.example)')]],
    ['a failure', 'fail', [results('dmarc=fail header.from=shop.example; dkim=none')]],
    [
      'a name that only begins alike',
      'none',
      [results('dmarc=pass header.from=shop.example', 'mx.shop.example.evil.example')],
    ],
  ])('is not proven by %s', (_what, result, headers) => {
    expect(read(...headers)).toBe(result)
  })

  it('is never proven where no server is trusted', () => {
    const raw = mail(results('dmarc=pass header.from=shop.example'))
    expect(readTrustedResults(raw, 'shop.example', undefined).result).toBe('none')
  })

  it('is not proven by what stands in its body', () => {
    const raw = Buffer.concat([mail(), Buffer.from(results('dmarc=pass header.from=shop.example'))])
    expect(readTrustedResults(raw, 'shop.example', 'mx.shop.example').result).toBe('none')
  })
})
