import { connect } from 'node:net'

/**
 * Hands a mail over by SMTP byte for byte, as no client does that mends what it sends: bare line ends, NULs and lines of any length
 * arrive as they are. Returns the reply to the data.
 */
export function sendRaw(
  port: number,
  mail: { from: string; to: readonly string[]; raw: Buffer },
): Promise<string> {
  const stuffed = mail.raw.toString('latin1').replace(/(^|\r\n)\./g, '$1..')
  const data = `${stuffed}${stuffed.endsWith('\r\n') ? '' : '\r\n'}.\r\n`
  const steps = [
    'EHLO mx.example.net\r\n',
    `MAIL FROM:<${mail.from}>\r\n`,
    ...mail.to.map((address) => `RCPT TO:<${address}>\r\n`),
    'DATA\r\n',
    data,
  ]
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let told = ''
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      told += String(chunk)
      const [, reply] = /^((?:\d{3}-[^\r\n]*\r\n)*\d{3} [^\r\n]*)\r\n$/.exec(told) ?? []
      if (reply === undefined) return
      told = ''
      const step = steps.shift()
      // A refusal on the way is the answer to the mail.
      if (step !== undefined && !/^[45]/.test(reply)) return void socket.write(step, 'latin1')
      socket.end('QUIT\r\n')
      resolve(reply)
    })
  })
}
