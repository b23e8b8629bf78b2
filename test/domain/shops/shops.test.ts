import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Refused } from '../../../src/domain/refusal.ts'
import { seal } from '../../../src/domain/secrets/seal.ts'
import { addShop, type NewShop } from '../../../src/domain/shops/add-shop.ts'
import { countBadSignatures } from '../../../src/domain/shops/count-bad-signatures.ts'
import { shopForIntake, shopKeys } from '../../../src/domain/shops/find-shop.ts'
import { secretContext } from '../../../src/domain/shops/secret-context.ts'
import { type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'

let desk: OrderDesk
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())

const good: NewShop = { name: 'Podpora', url: 'https://shop.example.test/', webhookSecret: ' with spaces ' }

async function add(changes: Partial<NewShop> = {}): Promise<bigint> {
  return BigInt((await addShop(desk.deps, { ...good, ...changes })).id)
}

describe('adding a shop', () => {
  it('gives its webhook address and keeps its secrets sealed', async () => {
    const { id, webhookUrl } = await addShop(desk.deps, { ...good, key: 'ck_key', secret: 'cs_secret' })
    expect(webhookUrl).toBe(`https://desk.example.test/webhooks/woocommerce/${id}`)
    const [row] = await desk.db.query<{ stored: string }>(
      'test-shop-row',
      'select s::text as stored, url, timezone, next from shop s join ticket_counter c on c.shop_id = s.id where s.id = $1',
      [BigInt(id)],
    )
    expect(row).toMatchObject({
      url: 'https://shop.example.test',
      timezone: 'Europe/Ljubljana',
      next: 1001,
    })
    for (const secret of ['ck_key', 'cs_secret', 'with spaces']) {
      expect(row?.stored).not.toContain(Buffer.from(secret).toString('hex'))
    }
    expect(await shopKeys(desk.deps, BigInt(id))).toEqual({
      url: 'https://shop.example.test',
      consumerKey: 'ck_key',
      consumerSecret: 'cs_secret',
    })
    expect(await shopKeys(desk.deps, await add())).toBeUndefined()
  })

  it.each([
    [{ name: ' ' }, ['name']],
    [{ url: 'shop.example' }, ['url']],
    [{ url: 'ftp://shop.example' }, ['url']],
    [{ url: 'https://user:pass@shop.example' }, ['url']],
    [{ timezone: 'Ljubljana' }, ['timezone']],
    [{ webhookSecret: '' }, ['webhookSecret']],
    [{ key: 'ck' }, ['secret']],
    [{ secret: 'cs' }, ['key']],
    [{ key: '', secret: 'c s' }, ['key', 'secret']],
    [{ name: '', url: '' }, ['name', 'url']],
  ])('names the bad fields of %j', async (changes, fields) => {
    const refusal = await add(changes).catch((error: unknown) => (error as Refused).refusal)
    expect(refusal).toMatchObject({ code: 'invalid', fields: fields.map((field) => ({ field })) })
  })
})

describe('the shop of a delivery', () => {
  it('is remembered for ten seconds, and asked for anew on demand', async () => {
    const shopId = await add()
    expect(await shopForIntake(desk.deps, shopId)).toEqual({
      id: shopId,
      kind: 'woocommerce',
      webhookSecrets: [' with spaces '],
    })
    const rotated = seal(desk.deps.keyring, 'new', secretContext(shopId, 'webhook_secret'))
    await desk.db.query('test-rotate', 'update shop set webhook_secret = $2 where id = $1', [shopId, rotated])
    expect((await shopForIntake(desk.deps, shopId))?.webhookSecrets[0]).toBe(' with spaces ')
    expect((await shopForIntake(desk.deps, shopId, { fresh: true }))?.webhookSecrets[0]).toBe('new')
    expect((await shopForIntake(desk.deps, shopId))?.webhookSecrets[0]).toBe('new')
    const again = seal(desk.deps.keyring, 'newer', secretContext(shopId, 'webhook_secret'))
    await desk.db.query('test-rotate', 'update shop set webhook_secret = $2 where id = $1', [shopId, again])
    desk.now.at = new Date(desk.now.at.getTime() + 10_001)
    expect((await shopForIntake(desk.deps, shopId))?.webhookSecrets[0]).toBe('newer')
  })

  it('is undefined when there is none', async () => {
    expect(await shopForIntake(desk.deps, 999_999n)).toBeUndefined()
  })

  it('has its bad signatures counted', async () => {
    const shopId = await add()
    await countBadSignatures(desk.deps, { shopId, times: 1 })
    await countBadSignatures(desk.deps, { shopId, times: 1 })
    const rows = await desk.db.query('test-bad', 'select bad_signatures as n from shop where id = $1', [
      shopId,
    ])
    expect(rows).toEqual([{ n: 2n }])
  })
})
