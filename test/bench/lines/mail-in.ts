import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { freePort } from '../../../src/db/embedded/ports.ts'
import type { Ground } from '../ground.ts'
import { growDatabase } from '../grow.ts'
import { type ServerProcess, side, startServer } from '../processes.ts'
import { median } from '../statistics.ts'
import { ratioRow } from '../table.ts'
import type { Line } from './line.ts'

/** At three or four messages a ticket: 1,000 and 100,000 messages, each inbound one with the mail it came by. */
const smallTickets = 300
const largeTickets = 30_000
const warmUp = 200
const measured = 1_000
const connections = 8
const patienceMs = 120_000

interface Place {
  server: ServerProcess
  client: pg.Client
  database: string
  port: number
  /** Of the grown mails. */
  newest: string
  rates: number[]
}

/**
 * Mails a second from our SMTP receiver to the message on its ticket: kept, 250, understood, matched by its sender, stored. The
 * same with few messages and mails in the database and with many.
 */
export const measureMailIn: Line = async (ground, { rounds }) => {
  const small = await open(ground, smallTickets, 'mail-in-small')
  const large = await open(ground, largeTickets, 'mail-in-large')
  const accounts = ground.shop.tickets.length
  let sent = 0
  const run = async (place: Place, count: number) => {
    const from = sent
    sent += count
    return deliver(place, from, count, accounts)
  }
  for (const place of [small, large]) await run(place, warmUp)
  for (let round = 0; round < rounds; round++) {
    // Both in turn, so that a busy moment of the machine hits both.
    for (const place of [small, large]) place.rates.push(await run(place, measured))
  }
  for (const place of [small, large]) {
    await place.client.end()
    await place.server.stop()
    await ground.drop(place.database)
  }
  return [
    ratioRow(
      'mail received to message stored, at 1,000 | 100,000 messages',
      median(small.rates),
      median(large.rates),
      0.8,
    ),
  ]
}

async function open(ground: Ground, tickets: number, name: string): Promise<Place> {
  const database = await ground.freshDatabase()
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await growDatabase(client, ground.shop.id, tickets)
  const newest = await growMails(client)
  const port = await freePort()
  const server = await startServer(
    side('serve-ours'),
    ['worker'],
    ground.environment(database, { SMTP_LISTEN_PORT: String(port), SMTP_LISTEN_HOST: '127.0.0.1' }),
    ground.logFile(name),
  )
  return { server, client, database, port, newest, rates: [] }
}

/** The mails by which the grown messages came, and the ids that they are found by. */
async function growMails(client: pg.Client): Promise<string> {
  await client.query(
    `update message set provider_id = 'grown:' || id, mail_id = 'grown-' || id || '@example.test', address = 'grown@example.test'
     where direction = 'inbound' and provider_id is null`,
  )
  await client.query(
    `insert into incoming_mail (door, door_key, blob, size, envelope_from, envelope_to, state, verdict, sender, subject, shop_id,
       ticket_id, message_id, received_at, processed_at)
     select 'smtp', 'grown:' || m.id, md5(m.id::text) || md5(m.id::text), 1000, 'grown@example.test', '{support@bench.example}',
       'processed', 'answer', 'grown' || m.id % 10000 || '@example.test', 'Question', m.shop_id, m.ticket_id, m.id, m.created_at, m.created_at
     from message m where m.direction = 'inbound'`,
  )
  // Nobody is told of what comes in, because what is measured ends with the message.
  await client.query(`update agent set told_of = 'none'`)
  await client.query('vacuum analyze')
  const { rows } = await client.query<{ newest: string }>('select max(id)::text as newest from incoming_mail')
  return rows[0]?.newest ?? '0'
}

async function deliver(place: Place, from: number, count: number, accounts: number): Promise<number> {
  const transport = createTransport({
    pool: true,
    host: '127.0.0.1',
    port: place.port,
    secure: false,
    ignoreTLS: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
  })
  const before = await countStored(place)
  const started = performance.now()
  await Promise.all(
    Array.from({ length: count }, (_, n) => transport.sendMail(mail(from + n, (from + n) % accounts))),
  )
  const deadline = performance.now() + patienceMs
  while ((await countStored(place)) < before + count) {
    if (performance.now() > deadline) throw new Error('not every mail became a message')
    await sleep(20)
  }
  const seconds = (performance.now() - started) / 1000
  transport.close()
  return count / seconds
}

function mail(number: number, account: number) {
  const sender = `customer${account}@example.test`
  const raw = [
    `From: Customer ${account} <${sender}>`,
    'To: Support <support@bench.example>',
    `Message-ID: <bench-${number}@example.test>`,
    `Date: ${new Date().toUTCString()}`,
    `Subject: Re: Question ${account}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `This is mail ${number}. It still does not print; what shall I do?`,
    '',
    'On Wed, 25 Nov 2026 at 10:00, Support wrote:',
    ...Array.from({ length: 20 }, (_, line) => `> Line ${line} of what was written before.`),
    '',
  ].join('\r\n')
  return { envelope: { from: sender, to: ['support@bench.example'] }, raw }
}

/** Of the mails after those that were grown, which their numbers tell: looking must not slow down what is looked at. */
async function countStored({ client, newest }: Place): Promise<number> {
  const { rows } = await client.query<{ n: number; others: number }>(
    `select count(*) filter (where verdict = 'answer')::int as n, count(*) filter (where verdict <> 'answer')::int as others
     from incoming_mail where id > $1 and state <> 'pending'`,
    [newest],
  )
  const [{ n, others } = { n: 0, others: 0 }] = rows
  if (others > 0) throw new Error(`${others} mails became no message`)
  return n
}
