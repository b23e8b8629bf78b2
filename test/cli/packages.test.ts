import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { makeWorld, type World } from '../support/world.ts'
import { commandLine } from './command-line.ts'

let world: World
let shop: string
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  shop = String(await world.addShop())
})

const { run, json } = commandLine(() => world.deps)

const add = (...more: string[]) =>
  json('package:add', '--shop', shop, '--match', 'sku:SUPPORT-10', '--credits', '10', ...more)

describe('package:add', () => {
  it('takes every term, a price for each channel', async () => {
    const { id } = await add(
      ...['--days', '365', '--channels', 'email,sms,video', '--name', 'Small', '--priority', '-2'],
      ...['--promotional', '--overdraft', '1.5', '--further-order', 'open-ticket'],
      ...['--price', 'sms=0.5/segment', '--price', 'video=2/10/60', '--price', 'email=3'],
    )
    const { packages } = await json('package:list', '--shop', shop)
    expect(packages).toMatchObject([
      {
        id,
        match: 'sku:SUPPORT-10',
        version: 1,
        name: 'Small',
        credits: 10,
        days: 365,
        channels: ['email', 'sms', 'video'],
        priority: -2,
        promotional: true,
        overdraft: 1.5,
        furtherOrder: 'open_ticket',
        prices: {
          sms: { price: 0.5, per: 'segment' },
          video: { price: 2, per: 'minutes', step: 10, free: 60 },
          email: { price: 3, per: 'reply' },
        },
        sold: 0,
        retiredAt: null,
      },
    ])
    expect((await run('package:list', '--shop', shop)).out).toBe(
      `${id} · sku:SUPPORT-10 · 10 credits · 365 days · Small · email,sms,video · priority -2 · promotional · overdraft 1.5` +
        ' · email=3 · sms=0.5/segment · video=2/10/60 · open-ticket · version 1, 0 sold\n',
    )
  })

  it.each([
    [['--price', 'sms'], /sms=0.5\/segment/],
    [['--price', 'sms=x'], /sms=0.5\/segment/],
    [['--price', 'video=2/10/60/1'], /sms=0.5\/segment/],
    [['--price', 'fax=1'], /^--price fax: no such channel/],
    [['--price', 'email=1/segment'], /^--price email: email is priced per reply/],
    [['--price', 'video=2/0'], /^--price video: give whole minutes/],
    [['--further-order', 'both'], /^--further-order: give one of new_ticket, open_ticket/],
    [['--overdraft', '-1'], /^--overdraft: give credits/],
    [['--priority', '0.5'], /^--priority: give a whole number/],
    [['--days', 'x'], /give a number of days, or never/],
  ])('refuses %j and writes nothing', async (args, message) => {
    const base = ['package:add', '--shop', shop, '--match', 'sku:SUPPORT-10', '--credits', '10']
    const { out, failed } = await run(...base, ...args)
    expect(out).toBe('')
    expect(failed).toMatch(message)
    expect((await json('package:list', '--shop', shop)).packages).toEqual([])
  })
})

describe('package:edit', () => {
  it('changes what is given, by version when one is named', async () => {
    const { id } = await add('--days', '30', '--promotional', '--price', 'sms=0.5')
    const edit = (...args: string[]) => json('package:edit', '--shop', shop, '--package', id, ...args)
    expect(await edit('--credits', '12', '--price', 'video=2/10')).toEqual({ version: 2 })
    const changed = ['--days', 'never', '--no-promotional', '--price', 'sms=shop']
    expect(await edit(...changed, '--version', '2')).toEqual({ version: 3 })
    expect((await json('package:list', '--shop', shop)).packages).toMatchObject([
      {
        credits: 12,
        days: null,
        promotional: false,
        prices: { video: { price: 2, step: 10, free: 0 } },
        version: 3,
      },
    ])
    const stale = await run('package:edit', '--shop', shop, '--package', id, '--version', '2')
    expect(stale.failed).toContain('Its terms are at version 3 now')
    const nobody = await run('package:edit', '--shop', shop, '--package', '999', '--credits', '1')
    expect(nobody.failed).toContain('No package has this id')
  })
})

describe('package:retire', () => {
  it('takes it from the list, where it stands when asked for', async () => {
    const { id } = await add()
    const { retiredAt } = await json('package:retire', '--shop', shop, '--package', id)
    expect(retiredAt).toBe(world.clock.at.toISOString())
    expect((await json('package:list', '--shop', shop)).packages).toEqual([])
    expect((await json('package:list', '--shop', shop, '--retired')).packages).toMatchObject([
      { id, retiredAt },
    ])
    expect((await run('package:list', '--shop', shop, '--retired')).out).toContain('retired 1 Mar 2026')
  })
})

describe('rates', () => {
  it('are set, also per message, and listed with what they were', async () => {
    const set = (...args: string[]) => json('rate:set', '--shop', shop, ...args)
    await set('--channel', 'sms', '--price', '0.5', '--per', 'message')
    await set('--channel', 'sms', '--price', '0.25', '--per', 'segment')
    await set('--channel', 'video', '--price', '2', '--step', '10', '--free', '60')
    const { rates } = await json('rate:list', '--shop', shop)
    expect(rates[1]).toMatchObject({
      channel: 'sms',
      price: 0.25,
      per: 'segment',
      version: 2,
      history: [{ version: 2 }, { version: 1, price: 0.5, per: 'reply' }],
    })
    const { out } = await run('rate:list', '--shop', shop)
    expect(out.split('\n').slice(0, 5)).toEqual([
      'email=1 · default',
      'sms=0.25/segment · version 2',
      'whatsapp=1 · default',
      'portal=1 · default',
      'video=2/10/60 · version 1',
    ])
  })

  it.each(['package:list', 'rate:list'])('%s knows no shop that is not there', async (command) => {
    expect((await run(command, '--shop', '999')).failed).toContain('No shop has this id')
  })
})
