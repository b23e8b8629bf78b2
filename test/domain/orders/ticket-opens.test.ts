import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addOrderNote } from '../../../src/domain/orders/add-order-note.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import { addRecordedShop, deliverOrder, type OrderDesk, openOrderDesk, orderBody } from './order-desk.ts'

let desk: OrderDesk
let fake: FakeShop
beforeAll(async () => {
  desk = await openOrderDesk()
  fake = await startFakeShop()
})
afterAll(async () => {
  await desk.close()
  await fake.close()
})

describe('the ticket of a paid order', () => {
  it('opens with every package, the customer’s note and a welcome, in one commit', async () => {
    const shopId = await addRecordedShop(desk.deps)
    await deliverOrder(desk.deps, shopId, {
      id: 1,
      age: 0,
      note: 'My checkout is broken.',
      lines: [
        { id: 1, name: 'Support pack 10' },
        { id: 2, sku: 'SUPPORT-20', name: 'Support plan', quantity: 2 },
        { id: 3, sku: 'MUG-1', name: 'Mug', productId: 15 },
      ],
    })
    const [ticket] = await desk.db.query<{ id: bigint; last: bigint }>(
      'test-opened',
      `select id, number, subject, status, reply_email as email, reply_phone as phone, preview, last_channel as channel,
         last_message_id as last from ticket where shop_id = $1`,
      [shopId],
    )
    expect(ticket).toMatchObject({
      number: 1001,
      subject: 'Support pack 10, Support plan',
      status: 'open',
      email: 'ana@example.test',
      phone: '+38640123456',
      preview: 'My checkout is broken.',
      channel: 'portal',
    })
    const messages = await desk.db.query<{ id: bigint }>(
      'test-opened-messages',
      `select id, direction, channel, author_kind as author, body, template, data, address, state from message
       where shop_id = $1 order by id`,
      [shopId],
    )
    expect(messages).toMatchObject([
      { direction: 'inbound', channel: 'portal', author: 'customer', body: 'My checkout is broken.' },
      {
        direction: 'outbound',
        channel: 'email',
        author: 'system',
        template: 'welcome',
        address: 'ana@example.test',
        state: 'queued',
      },
    ])
    expect(messages[0]?.id).toBe(ticket?.last)
    const events = await desk.db.query(
      'test-opened-events',
      'select kind, data from ticket_event where shop_id = $1 order by id',
      [shopId],
    )
    expect(events).toEqual([
      { kind: 'ticket_opened', data: { orderNumber: '1' } },
      { kind: 'grant', data: { name: 'Support pack 10', quantity: 1, units: 1000, orderNumber: '1' } },
      { kind: 'grant', data: { name: 'Support plan', quantity: 2, units: 4000, orderNumber: '1' } },
    ])
    const jobs = await desk.db.query<{ task: string; messageId: string }>(
      'test-opened-jobs',
      `select t.identifier as task, j.payload ->> 'messageId' as "messageId" from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id
       where j.payload ->> 'shopId' = $1 and t.identifier in ('send_message', 'add_order_note')`,
      [String(shopId)],
    )
    expect(jobs).toEqual([{ task: 'send_message', messageId: String(messages[1]?.id) }])
  })

  it('puts a note on the order of a shop with keys', async () => {
    const keys = { url: fake.url, key: fakeShopKeys.consumerKey, secret: fakeShopKeys.consumerSecret }
    const shopId = await addRecordedShop(desk.deps, keys)
    fake.state.orders = { '1': JSON.parse(orderBody({ id: 1, age: 0 }).toString()) }
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    const [job] = await desk.db.query<{ payload: { orderId: string; note: string } }>(
      'test-note-job',
      `select payload from graphile_worker._private_jobs where payload ->> 'shopId' = $1 and payload ->> 'note' is not null`,
      [String(shopId)],
    )
    const note = { shopId, orderId: BigInt(job?.payload.orderId ?? 0), note: job?.payload.note ?? '' }
    await addOrderNote(desk.deps, { ...note, firstTry: true, lastTry: false })
    expect(fake.notes).toEqual([{ orderId: '1', note: 'Ticket 1001 opened, 10 credits.' }])
  })

  it('has a number that no other ticket gets, with 32 opened at once', async () => {
    const shopId = await addRecordedShop(desk.deps)
    const ids = Array.from({ length: 32 }, (_, i) => i + 1)
    // Half of them of one customer who is new to all.
    await Promise.all(
      ids.map((id) =>
        deliverOrder(desk.deps, shopId, { id, age: 0, email: `p${id % 2 ? id : 0}@example.test` }),
      ),
    )
    const tickets = await desk.db.query<{ number: number }>(
      'test-numbers',
      'select number from ticket where shop_id = $1 order by number',
      [shopId],
    )
    expect(tickets.map(({ number }) => number)).toEqual(ids.map((id) => 1000 + id))
    const customers = await desk.db.query('test-customers', 'select id from customer where shop_id = $1', [
      shopId,
    ])
    expect(customers).toHaveLength(17)
  })
})
