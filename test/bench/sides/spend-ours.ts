// Our side of baseline/spend.mjs: the same loop, with the whole reply use case in the place of baseline_spend.
// Usage: node spend-ours.js CHANNEL SHOP AGENT OPERATIONS TICKET... ; prints { manyAccounts, oneAccount } in operations per second.
import pino from 'pino'
import { compose } from '../../../src/compose.ts'
import { readConfig } from '../../../src/config.ts'
import { replyToTicket } from '../../../src/domain/tickets/reply-to-ticket.ts'

const [channel, shop = '', agent = '', count = '', ...ticketIds] = process.argv.slice(2)
if (channel !== 'portal' && channel !== 'email') throw new Error(`no such channel here: ${channel}`)
const operations = Number(count)
const tickets = ticketIds.map(BigInt)
const composed = await compose(readConfig(process.env), pino({ level: 'warn' }, pino.destination(2)))
const author = { id: BigInt(agent), name: 'Nina', actor: `agent:${agent}` }
const body = 'x'.repeat(500)
// Several runs may use one database, and a key that is known is answered without any work.
const stamp = Date.now().toString(36)

async function rate(label: string, ticketOf: (n: number) => bigint | undefined): Promise<number> {
  let i = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (i < operations) {
        const n = i++
        await replyToTicket(composed.deps, {
          shopId: BigInt(shop),
          ticketId: ticketOf(n) ?? 0n,
          channel: channel === 'email' ? 'email' : 'portal',
          body,
          idempotencyKey: `${stamp}-${label}-${n}`,
          agent: author,
        })
      }
    }),
  )
  return Math.round(operations / ((performance.now() - started) / 1000))
}

// A portal answer also tells the customer by a mail, and so by a job; without an address it is a charge with a message alone.
if (channel === 'portal') {
  await composed.deps.db.query('no-address', 'update ticket set reply_email = null where shop_id = $1', [
    BigInt(shop),
  ])
}
const anyTicket = (n: number) => tickets[n % tickets.length]
await rate('warm', anyTicket)
const manyAccounts = await rate('many', anyTicket)
const oneAccount = await rate('one', () => tickets[0])
console.log(JSON.stringify({ manyAccounts, oneAccount }))
await composed.close()
