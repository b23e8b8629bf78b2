import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A certificate for 127.0.0.1 and localhost that signs itself; `cert` is what a client has to trust. Both are PEM. */
export function makeCertificate(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const name = sequence(der(0x31, sequence(oids.commonName, der(0x0c, 'localhost'))))
  const now = Date.now()
  const day = 86_400_000
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    sequence(oids.ecdsaWithSha256),
    name,
    sequence(utcTime(now - day), utcTime(now + 30 * day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        sequence(oids.basicConstraints, isTrue, der(0x04, sequence(isTrue))),
        sequence(
          oids.subjectAltName,
          der(0x04, sequence(der(0x82, 'localhost'), der(0x87, Buffer.from([127, 0, 0, 1])))),
        ),
      ),
    ),
  )
  const signature = sign('sha256', content, privateKey)
  const certificate = sequence(
    content,
    sequence(oids.ecdsaWithSha256),
    der(0x03, Buffer.from([0]), signature),
  )
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}

/** One value of the encoding of X.509: its tag, its length, its content. */
function der(tag: number, ...parts: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts)
}

/** "261122004537Z" */
function utcTime(at: number): Buffer {
  return der(0x17, `${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`)
}

const isTrue = der(0x01, Buffer.from([0xff]))

const oids = {
  commonName: der(0x06, Buffer.from([0x55, 0x04, 0x03])),
  basicConstraints: der(0x06, Buffer.from([0x55, 0x1d, 0x13])),
  subjectAltName: der(0x06, Buffer.from([0x55, 0x1d, 0x11])),
  ecdsaWithSha256: der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])),
}
