import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  accountsOf,
  addRecordedShop,
  deliverOrder,
  type OrderDesk,
  openOrderDesk,
  spend,
} from './order-desk.ts'

let desk: OrderDesk
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  shopId = await addRecordedShop(desk.deps)
})

const wrong = 'anna@example.test'
const right = 'ana@example.test'

async function ticketOf(orderId: number): Promise<object> {
  const [row] = await desk.db.query(
    'test-ticket-of',
    `select t.reply_email as "replyEmail", t.link_version as "linkVersion",
       coalesce(c.guest_email, c.shop_customer_id, 'order') as who,
       array(select m.address from message m where m.shop_id = t.shop_id and m.ticket_id = t.id and m.template = 'welcome' order by m.id) as welcomed
     from ticket t join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
     join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     where t.shop_id = $1 and o.external_id = $2`,
    [shopId, String(orderId)],
  )
  if (!row) throw new Error('no ticket')
  return row
}

async function reviews(): Promise<object[]> {
  return await desk.db.query('test-email-reviews', 'select kind, data from review where shop_id = $1', [
    shopId,
  ])
}

describe('rule 14: the order’s e-mail changes before anything was spent', () => {
  it('renames the customer who has only this order, and welcomes the new address', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: wrong })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: right, available: 1000, contacts: [`email:${right}`, 'phone:+38640123456'] },
    ])
    expect(await ticketOf(1)).toEqual({
      replyEmail: right,
      linkVersion: 2,
      who: right,
      welcomed: [wrong, right],
    })
    expect(await reviews()).toEqual([])
  })

  it('hands credits and ticket to the customer who has that address, with the same expiry', async () => {
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: right })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: wrong, lines: [{ id: 7, quantity: 2 }] })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right, lines: [{ id: 7, quantity: 2 }] })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: right, available: 3000, tickets: ['1', '2'] },
    ])
    expect(await ticketOf(1)).toMatchObject({ who: right, replyEmail: right })
    // And there and back again.
    await deliverOrder(desk.deps, shopId, { id: 1, age: 2, email: wrong, lines: [{ id: 7, quantity: 2 }] })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 3, email: right, lines: [{ id: 7, quantity: 2 }] })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 4, email: right, lines: [{ id: 7, quantity: 1 }] })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([{ who: right, available: 2000, deficit: 0 }])
  })

  it('leaves the customer who has other orders', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: wrong })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: wrong })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: right, available: 1000, tickets: ['1'] },
      { who: wrong, available: 1000, tickets: ['2'] },
    ])
  })

  it('gives what comes back to the new customer, when the change came while the order was not paid', async () => {
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: right })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: wrong })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right, status: 'cancelled' })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 2, email: right })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([{ who: right, available: 2000 }])
  })

  it('keeps a registered customer and replaces the address', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: wrong, customerId: 7 })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right, customerId: 7 })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: 'id:7', available: 1000, contacts: [`email:${right}`, 'phone:+38640123456'] },
    ])
    expect(await ticketOf(1)).toMatchObject({ replyEmail: right, welcomed: [wrong, right] })
  })
})

describe('rule 14: the order’s e-mail changes after something was spent', () => {
  it('asks a supervisor and moves nothing, until the order names the old address again', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: wrong })
    await spend(desk.deps, shopId, 1, 1)
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: wrong, available: 900, contacts: [`email:${wrong}`, 'phone:+38640123456'] },
    ])
    expect(await ticketOf(1)).toMatchObject({ replyEmail: wrong, linkVersion: 1, welcomed: [wrong] })
    expect(await reviews()).toEqual([
      { kind: 'email_changed', data: { orderNumber: '1', from: wrong, to: right } },
    ])
    // It stands although later states say the same.
    await deliverOrder(desk.deps, shopId, { id: 1, age: 2, email: right })
    expect(await reviews()).toHaveLength(1)
    await deliverOrder(desk.deps, shopId, { id: 1, age: 3, email: wrong })
    expect(await reviews()).toEqual([])
  })
})

describe('whose order it is', () => {
  it('opens a ticket for an order without e-mail, says so, and welcomes a later one', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: '' })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: 'no address' })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: 'order', available: 1000 },
      { who: 'order', available: 1000 },
    ])
    expect(await ticketOf(1)).toEqual({ replyEmail: null, linkVersion: 1, who: 'order', welcomed: [] })
    const events = await desk.db.query(
      'test-needs-contact',
      `select count(*)::int as n from ticket_event where shop_id = $1 and kind = 'needs_contact'`,
      [shopId],
    )
    expect(events).toEqual([{ n: 2 }])
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right })
    expect(await ticketOf(1)).toMatchObject({ replyEmail: right, who: right, welcomed: [right] })
  })

  it('adds the later e-mail also when credits were spent, and stays the same customer', async () => {
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: right })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: '' })
    await spend(desk.deps, shopId, 1, 1)
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: right })
    expect(await ticketOf(1)).toMatchObject({ replyEmail: right, who: 'order', welcomed: [right] })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: right, available: 1000 },
      { who: 'order', available: 900 },
    ])
  })

  it('never takes people for one because of a phone, and knows an address in any case', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: 'Ana@Example.test' })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: 'ana@example.TEST' })
    await deliverOrder(desk.deps, shopId, { id: 3, age: 0, email: 'bob@example.test' })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: right, available: 2000 },
      { who: 'bob@example.test', available: 1000 },
    ])
  })

  it('joins a registered id with the guest of the same e-mail only when that is verified', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: right })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: right, customerId: 5 })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: right, available: 1000 },
      { who: 'id:5', available: 1000 },
    ])
    await desk.db.query(
      'test-verify',
      `update contact set verified_at = now() where shop_id = $1 and customer_id = (select id from customer where shop_id = $1 and guest_email = $2)`,
      [shopId, right],
    )
    await deliverOrder(desk.deps, shopId, { id: 3, age: 0, email: right, customerId: 6 })
    await deliverOrder(desk.deps, shopId, { id: 4, age: 0, email: right })
    expect(await accountsOf(desk.db, shopId)).toMatchObject([
      { who: 'id:5', available: 1000 },
      { who: 'id:6', available: 3000 },
    ])
  })

  it('follows a corrected phone', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, phone: '1' })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, phone: '041 222 333' })
    const phones = await desk.db.query(
      'test-phones',
      `select t.reply_phone as reply, k.value from ticket t
       join contact k on k.shop_id = t.shop_id and k.customer_id = t.customer_id and k.kind = 'phone' where t.shop_id = $1`,
      [shopId],
    )
    expect(phones).toEqual([{ reply: '+38641222333', value: '+38641222333' }])
  })
})
