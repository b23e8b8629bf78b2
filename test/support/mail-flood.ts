import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@jest/globals'
import { callApi, type Service, startService } from './service.ts'
import { layGround, seedShop } from './service-data.ts'

/** A built service with a shop, killed and started again while numbered mails of forty customers come in. */
export interface MailFlood {
  /** SIGKILL, then a start on the same data. */
  kill(): Promise<void>
  /** Waits until each of so many mails is on a ticket, and a moment more; fails when one is missing or there twice. */
  expectEach(mails: number): Promise<void>
  stop(): Promise<void>
}

// A ticket each, and no more than forty: the brake on loops, forty mails an hour, must not come in between.
const customers = Array.from({ length: 40 }, (_, n) => `customer${n}@example.com`)

/** The nth mail: from whom it is, and its text as it goes over the wire. */
export function floodMail(n: number): { from: string; raw: string } {
  const from = customers[n % customers.length] ?? ''
  const raw = [
    `From: <${from}>`,
    'To: support@shop.example',
    `Message-ID: <mail${n}@example.com>`,
    `Subject: Mail ${n}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    bodyOf(n),
    '',
  ].join('\r\n')
  return { from, raw }
}

const bodyOf = (n: number) => `This is mail number ${n}.`

interface Ticket {
  id: string
  messages: { body: string }[]
}

async function openTicket(desk: { address: string; key: string }, email: string): Promise<string> {
  const { id } = await callApi<Ticket>(desk, 'tickets', {
    customer: { email },
    subject: 'A question',
    body: 'Hello',
    channel: 'email',
  })
  return id
}

/** `settings`: by which door mail comes in. */
export async function startMailFlood(settings: Record<string, string>): Promise<MailFlood> {
  const { env, remove } = await layGround({ MAIL_FROM: 'support@shop.example', ...settings })
  let service: Service = await startService(env)
  const stop = async () => {
    await service.stop()
    await remove()
  }
  const desk = () => ({ address: service.address, key })
  let key = ''
  const tickets: string[] = []
  try {
    key = (await seedShop(env, { webhookSecret: 'secret' })).apiKey
    for (const email of customers) tickets.push(await openTicket(desk(), email))
  } catch (error) {
    await stop()
    throw error
  }
  const bodies = async () => {
    const all: string[] = []
    for (const id of tickets) {
      const { messages } = await callApi<Ticket>(desk(), `tickets/${id}?limit=100`)
      all.push(...messages.map(({ body }) => body).filter((body) => body.startsWith('This is mail')))
    }
    return all
  }
  return {
    kill: async () => {
      await service.kill()
      service = await startService(env)
    },
    expectEach: async (mails) => {
      let found: string[] = []
      for (let times = 0; times < 400 && found.length < mails; times += 1) {
        await sleep(250)
        found = await bodies()
      }
      // What would be there twice comes a moment later.
      await sleep(1_000)
      expect((await bodies()).sort()).toEqual(Array.from({ length: mails }, (_, n) => bodyOf(n)).sort())
    },
    stop,
  }
}
