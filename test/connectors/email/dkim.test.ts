import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { createEmail } from '../../../connectors/email/email.ts'
import { startFakeSmtp } from '../../support/fakes/smtp.ts'

test('a mail is signed so that another program finds it unchanged and of our domain', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  })
  const smtp = await startFakeSmtp()
  const mail = createEmail({
    smtpUrl: smtp.url,
    dkim: { domainName: 'desk.example', keySelector: 'desk', privateKey },
  })
  try {
    await mail.send({
      messageId: 'm1@desk.example',
      from: { name: 'Podpora', address: 'help@desk.example' },
      to: { name: 'Žiga', address: 'ziga@example.test' },
      subject: 'Odgovor – čšž',
      text: 'Dober dan\n.\n',
      html: '<p>Dober dan</p>',
      attachments: [{ name: 'slika.png', mediaType: 'image/png', content: Buffer.alloc(100_000, 7) }],
    })
    const raw = smtp.mails[0]?.raw ?? Buffer.from('')
    const asked: string[] = []
    const resolver = async (name: string) => {
      asked.push(name)
      return [[`v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`]]
    }
    const verified = await dkimVerify(raw, { resolver })
    expect(asked).toEqual(['desk._domainkey.desk.example'])
    expect(verified.results.map(({ status }) => status.result)).toEqual(['pass'])
    const forged = Buffer.from(raw.toString('latin1').replace('Dober dan', 'Slab dan'), 'latin1')
    const changed = await dkimVerify(forged, { resolver })
    expect(changed.results.map(({ status }) => status.result)).not.toContain('pass')
  } finally {
    await mail.close()
    await smtp.close()
  }
})
