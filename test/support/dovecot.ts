import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ImapFlow } from 'imapflow'
import { freePort } from '../../src/db/embedded/ports.ts'

/** Debian's dovecot on 127.0.0.1 with a mailbox for every user, whose password is "secret". Wants root, as dovecot does. */
export interface Dovecot {
  urlOf(user: string): string
  /** Puts mails into a user's mailbox, in one go. */
  append(user: string, mails: Buffer[], flags?: string[]): Promise<void>
  /** Mails in the mailbox by whether somebody has seen them. */
  count(user: string): Promise<{ seen: number; unseen: number }>
  /** Numbers the mailbox anew, as a restored backup does. */
  renumber(user: string): Promise<void>
  restart(): Promise<void>
  close(): Promise<void>
}

export async function startDovecot(): Promise<Dovecot> {
  const home = await mkdtemp(join(tmpdir(), 'creditdesk-dovecot-'))
  // Mail is kept by an ordinary user, who must be able to walk there.
  await chmod(home, 0o755)
  const mail = join(home, 'mail')
  await mkdir(mail)
  await chmod(mail, 0o777)
  const port = await freePort()
  const config = join(home, 'dovecot.conf')
  await writeFile(config, configuration(home, mail, port))
  let server: ChildProcess

  async function start(): Promise<void> {
    server = spawn('dovecot', ['-F', '-c', config], { stdio: 'ignore' })
    for (let times = 0; times < 200; times += 1) {
      if (server.exitCode !== null) throw new Error('dovecot ended at its start')
      const client = clientOf('probe')
      try {
        await client.connect()
        await client.logout()
        return
      } catch {
        client.close()
        await sleep(50)
      }
    }
    throw new Error('dovecot does not answer')
  }

  async function stop(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  }

  function clientOf(user: string): ImapFlow {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      auth: { user, pass: 'secret' },
      logger: false,
    })
    client.on('error', () => undefined)
    return client
  }

  async function withClient<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T> {
    const client = clientOf(user)
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.logout()
    }
  }

  await start()
  return {
    urlOf: (user) => `imap://${user}:secret@127.0.0.1:${port}/INBOX`,
    append: (user, mails, flags = []) =>
      withClient(user, async (client) => {
        for (const raw of mails) await client.append('INBOX', raw, flags)
      }),
    count: (user) =>
      withClient(user, async (client) => {
        const status = await client.status('INBOX', { messages: true, unseen: true })
        const { messages = 0, unseen = 0 } = status || {}
        return { seen: messages - unseen, unseen }
      }),
    async renumber(user) {
      await rm(join(mail, user, 'dovecot-uidlist'))
      await rm(join(mail, user, 'dovecot-uidvalidity'), { force: true })
      for (const suffix of ['', '.log', '.cache', '.log.2']) {
        await rm(join(mail, user, `dovecot.index${suffix}`), { force: true })
      }
    },
    async restart() {
      await stop()
      await start()
    },
    async close() {
      await stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

function configuration(home: string, mail: string, port: number): string {
  return `
base_dir = ${home}/run
state_dir = ${home}/state
log_path = ${home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:${mail}/%u
mail_max_userip_connections = 100
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${mail}/%u
}
first_valid_uid = 1
first_valid_gid = 1
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  client_limit = 1000
}
`
}
