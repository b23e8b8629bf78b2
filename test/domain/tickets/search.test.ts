import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { actOnTickets } from '../../../src/domain/tickets/acts/act-on-tickets.ts'
import { mergeTickets } from '../../../src/domain/tickets/acts/merge-tickets.ts'
import { listTickets } from '../../../src/domain/tickets/list-tickets.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { indexTickets } from '../../../src/domain/tickets/search/index-tickets.ts'
import { searchWords } from '../../../src/domain/tickets/search/words.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const find = async (q: string, shopId = world.shopId) =>
  (await listTickets(world.deps, { shopId, q, limit: 20, agentId: 1n })).rows.map(({ id }) => id)
const by = { actor: 'agent:1', name: 'Luka' }

async function ticket(
  name: string,
  subject: string,
  body: string,
  more: { email?: string; phone?: string } = {},
) {
  const customerId = await world.customer({ name, ...more })
  const id = await world.ticket(customerId, { subject })
  await write(id, body)
  return id
}
const write = (ticketId: bigint, body: string) =>
  receiveMessage(world.deps, {
    shopId: world.shopId,
    ticketId,
    channel: 'email',
    body,
    authorName: 'Ana',
  })

describe('a search by words', () => {
  it.each([
    [
      'Greek accents and final sigma',
      'Ελένη',
      'Ο τιμολόγιος',
      'Καλησπέρα',
      ['ελενη', 'ΤΙΜΟΛΟΓΙΟΣ', 'τιμολογιο', 'καλησπερα'],
    ],
    ['Cyrillic ё and й', 'Фёдор', 'Чужой счёт', 'Ёлка', ['федор', 'чужои', 'счет', 'елка']],
    [
      'Persian letters, joiner and digits',
      'سارا',
      'درگاه پرداخت کار نمی‌کند',
      'کد ۴۵۶۷',
      ['كار', 'نمیکند', 'نمی‌کند', '4567', 'پرداخت'],
    ],
    [
      'German ß and umlauts',
      'Jürgen Größmann',
      'Über die Straße',
      'schön',
      ['strasse', 'STRAßE', 'uber', 'ueber', 'grossmann', 'schoen'],
    ],
    ['Slovenian č, š and ž', 'Žiga Čebašek', 'Račun', 'še vedno', ['ziga', 'cebasek', 'racun', 'vedno']],
    ['Polish ł', 'Łukasz', 'Płatność', 'x', ['lukasz', 'platnosc']],
  ])('forgives in %s', async (_name, name, subject, body, queries) => {
    const id = await ticket(name, subject, body)
    for (const query of queries) expect({ query, found: await find(query) }).toEqual({ query, found: [id] })
  })

  it('finds by beginnings, all words together wherever they stand, the newest ticket first', async () => {
    const first = await ticket('Marta', 'Zebracode scanner', 'It beeps twice')
    const second = await ticket('Marta', 'Zebracode printer', 'Nothing')
    expect(await find('zebrac')).toEqual([second, first])
    expect(await find('marta beeps zebra')).toEqual([first])
    expect(await find('zebracode nonsense')).toEqual([])
  })

  it('finds a message at once, and a reply, a note and a later name', async () => {
    const { ticketId } = await world.ticketWith([500n], { email: 'quick@example.org' })
    await world.reply(ticketId, { body: 'Turn the quirkwheel' })
    expect(await find('quirkwheel')).toEqual([ticketId])
    await write(ticketId, 'the flumefork broke')
    expect(await find('flumefork quirkwheel')).toEqual([ticketId])
    const { customerId } = await world.db.prisma.ticket.findFirstOrThrow({ where: { id: ticketId } })
    await world.db.prisma.customer.updateMany({ where: { id: customerId }, data: { name: 'Wolfhilde' } })
    expect(await find('from:wolfh')).toEqual([ticketId])
  })

  it('finds e-mails, phones as people write them, and numbers of tickets and orders', async () => {
    const id = await ticket('Ivo', 'x', 'y', { email: 'ivo.kos@dolgi.example', phone: '+38641987654' })
    const { number } = await world.db.prisma.ticket.findFirstOrThrow({ where: { id } })
    for (const query of [
      'ivo.kos@dolgi.example',
      'IVO.KOS@dolgi',
      'dolgi',
      '041 987 654',
      '987654',
      `#${number}`,
    ]) {
      expect({ query, found: await find(query) }).toEqual({ query, found: [id] })
    }
    const orderId = await world.order()
    await world.db.prisma.shopOrder.updateMany({ where: { id: orderId }, data: { number: 'WEB-77' } })
    const bought = await world.ticket(await world.customer(), { orderId })
    await world.db.prisma.ticket.updateMany({ where: { id: bought }, data: { lastMessageId: 1n } })
    expect(await find('#WEB-77')).toEqual([bought])
    expect(await find('order:web-77')).toEqual([bought])
    expect(await find('order:web-7')).toEqual([])
  })

  it("finds nothing of another shop's, and takes signs as they are", async () => {
    const id = await ticket('Solo', "O'Neill \\ 'quoted' & (odd) | !x:*", 'x')
    expect(await find('solo')).toEqual([id])
    expect(await find("o'neill")).toEqual([id])
    for (const odd of ["'", '\\', '&|!()', '%', ':*', '<->'])
      expect(await find(odd)).toEqual(expect.any(Array))
    expect(await find('solo', await world.addShop())).toEqual([])
  })

  it('finds what was said on a ticket that went into another, there', async () => {
    const target = await ticket('Eno', 'one', 'x')
    const { customerId } = await world.db.prisma.ticket.findFirstOrThrow({ where: { id: target } })
    const source = await world.ticket(customerId, { subject: 'two' })
    await write(source, 'the glimmerstone')
    expect(await find('glimmerstone')).toEqual([source])
    await mergeTickets(world.deps, { shopId: world.shopId, sourceIds: [source], targetId: target, by })
    expect(await find('glimmerstone')).toEqual([target])
    await write(source, 'the hollowbell')
    expect(await find('hollowbell')).toEqual([target])
  })

  it('pages through many hits by key, each once', async () => {
    const shopId = await world.addShop()
    const customerId = await world.customer({}, shopId)
    await world.db.query(
      'many-to-find',
      `insert into ticket (shop_id, number, customer_id, subject, activity_at, created_at, last_message_id)
       select $1, n, $2, case when n % 40 = 0 then 'rare thing' else 'common thing' end, $3, $3, 1 from generate_series(1, 2500) n`,
      [shopId, customerId, world.clock.at],
    )
    while ((await indexTickets(world.deps, { shopId, limit: 500 })) > 0);
    for (const [q, total] of [
      ['rare', 62],
      ['common', 2438],
      ['thing', 2500],
    ] as const) {
      const numbers: number[] = []
      let after: { at: Date; id: bigint } | undefined
      do {
        const page = await listTickets(world.deps, { shopId, q, limit: 50, ...(after && { after }) })
        numbers.push(...page.rows.map(({ number }) => number))
        after = page.next
      } while (after)
      expect({ q, n: new Set(numbers).size }).toEqual({ q, n: total })
      expect(numbers).toEqual([...numbers].sort((a, b) => b - a))
    }
  })
})

describe('filters', () => {
  it('narrow a search, and stand alone', async () => {
    const shopId = world.shopId
    const id = await ticket('Filterina', 'Gadget', 'hello', { email: 'filterina@x.example' })
    await actOnTickets(world.deps, {
      shopId,
      ticketIds: [id],
      act: { kind: 'tag', add: ['Late delivery'], remove: [] },
      by,
    })
    const all = [
      'from:filterina',
      'tag:late',
      'tag:"late delivery"',
      'gadget status:open',
      'gadget channel:email',
    ]
    for (const q of [
      ...all,
      'gadget balance:<2',
      'gadget balance:0',
      'gadget assignee:none',
      'gadget after:2026-01-01',
    ]) {
      expect({ q, found: await find(q) }).toEqual({ q, found: [id] })
    }
    for (const q of [
      'from:gadget',
      'gadget status:closed',
      'gadget channel:sms',
      'gadget balance:>2',
      'gadget is:mine',
      'gadget before:2026-01-01',
    ]) {
      expect({ q, found: await find(q) }).toEqual({ q, found: [] })
    }
    expect(await find('status:open')).toContain(id)
    await actOnTickets(world.deps, { shopId, ticketIds: [id], act: { kind: 'spam' }, by })
    expect(await find('gadget')).toEqual([])
    expect(await find('gadget status:spam')).toEqual([id])
  })

  it.each(['statuss:open', 'status:opne', 'balance:lots', 'from:', 'channel:fax', 'before:yesterday'])(
    'that are mistyped say which there are: %s',
    async (q) => {
      const refused = await find(q).catch((error: { refusal: { fields: { message: string }[] } }) => error)
      expect(refused).toMatchObject({ refusal: { code: 'invalid', fields: [{ field: 'q' }] } })
      expect(
        String((refused as { refusal: { fields: { message: string }[] } }).refusal.fields[0]?.message),
      ).toContain('balance:<2')
    },
  )

  it('are told from addresses and errors that somebody looks for', async () => {
    await expect(find('https://shop.example/cart error:0x80')).resolves.toEqual([])
  })
})

it('words are cut where they are too long, and a text has only so many', () => {
  expect(searchWords('x'.repeat(500))[0]).toHaveLength(60)
  expect(searchWords(Array.from({ length: 9000 }, (_, n) => `w${n}`).join(' '))).toHaveLength(3000)
})
