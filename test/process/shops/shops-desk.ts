import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FakeShop, type FakeShopOptions, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import { type FakeSmtp, startFakeSmtp } from '../../support/fakes/smtp.ts'
import { type Service, startService } from '../../support/service.ts'
import { layGround, seedShop } from '../../support/service-data.ts'
import { eventually } from '../kill/desk.ts'

/** The built service in a process of its own with shops that it can ask, and a mail server. */
export interface ShopsDesk {
  env: Record<string, string>
  service: Service
  smtp: FakeSmtp
  sides: Side[]
  remove(): Promise<void>
}

/** One shop, and how we stand to it. */
export interface Side {
  shop: FakeShop
  shopId: bigint
  apiKey: string
}

/** What the packages of every shop here carry, by SKU; and product 17, which has none. */
export const credits: Record<string, number> = {
  'SUPPORT-10': 10,
  'SUPPORT-20': 20,
  'SUPPORT-5': 5,
  'SUPPORT-TRIAL': 1,
}
export const consulting = { productId: 17, credits: 8 }

const secret = 'the secret of the webhooks'
const topics = ['order.created', 'order.updated', 'order.deleted', 'order.restored', 'product.updated']

/** A shop for each of the options, with packages, keys, webhooks and an API key of ours. */
export async function openShopsDesk(
  shops: FakeShopOptions[],
  more: Record<string, string> = {},
): Promise<ShopsDesk> {
  const smtp = await startFakeSmtp()
  const started = await Promise.all(shops.map((options) => startFakeShop(options)))
  const { env, remove } = await layGround({ SMTP_URL: smtp.url, MAIL_FROM: 'support@shop.example', ...more })
  const authorities = join(env.DATA_DIR ?? '', 'authorities.pem')
  await writeFile(authorities, started.map(({ certificate = '' }) => certificate).join(''))
  Object.assign(env, {
    ...{ PUBLIC_URL: `http://127.0.0.1:${env.PORT}` },
    ...{ ALLOW_PRIVATE_SHOP_URLS: 'true', NODE_EXTRA_CA_CERTS: authorities },
  })
  const service = await startService(env)
  const desk: ShopsDesk = { env, service, smtp, sides: [], remove }
  desk.sides = await Promise.all(started.map((shop) => addSide(desk, shop)))
  return desk
}

async function addSide(desk: ShopsDesk, shop: FakeShop): Promise<Side> {
  const { consumerKey: key, consumerSecret } = fakeShopKeys
  const seeded = { url: shop.url, webhookSecret: secret, key, secret: consumerSecret }
  const { shopId, apiKey, webhookUrl } = await seedShop(desk.env, seeded)
  for (const topic of topics) {
    await shop.webhooks.add({ name: `CreditDesk ${topic}`, topic, deliveryUrl: webhookUrl, secret })
  }
  const side = { shop, shopId, apiKey }
  for (const [sku, carried] of Object.entries(credits)) {
    if (sku !== 'SUPPORT-10') await addPackage(desk, side, `sku:${sku}`, carried)
  }
  await addPackage(desk, side, `product:${consulting.productId}`, consulting.credits)
  return side
}

async function addPackage(desk: ShopsDesk, side: Side, match: string, carried: number): Promise<void> {
  const added = await ask(desk, side, 'packages', { match, credits: carried })
  if (added?.status !== 201) throw new Error(`${match} was not added: ${JSON.stringify(added)}`)
}

export async function closeShopsDesk(desk: ShopsDesk | undefined): Promise<void> {
  await desk?.service.stop()
  for (const { shop } of desk?.sides ?? []) await shop.close()
  await desk?.smtp.close()
  await desk?.remove()
}

/** kill -9, and a new start on the same data. */
export async function killAndRestart(desk: ShopsDesk): Promise<void> {
  await desk.service.kill()
  desk.service = await startService(desk.env)
}

/** One request to the API in the name of a shop. Undefined when no answer came, or only that the service is in trouble. */
export async function ask<T>(
  desk: ShopsDesk,
  side: Side,
  path: string,
  body?: object,
): Promise<{ status: number; body: T } | undefined> {
  try {
    const answer = await fetch(`${desk.service.address}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${side.apiKey}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return answer.status >= 500 ? undefined : { status: answer.status, body: JSON.parse(text) as T }
  } catch {
    return undefined
  }
}

export interface Sync {
  reconcile: { startedAt: string | null; finishedAt: string | null; notBefore: string | null }
  look: { startedAt: string | null; finishedAt: string | null; gone: number }
  problems: { kind: string; message: string }[]
  unreadable: object[]
  /** Why the shop takes nothing of what we write. */
  writing: { message: string } | null
}

/** Has a shop reconciled and waits for the end of a run that began after now. */
export async function reconcile(desk: ShopsDesk, side: Side, patienceMs?: number): Promise<void> {
  await runSync(desk, side, 'reconcile', patienceMs)
}

/** The daily look, now. */
export async function look(desk: ShopsDesk, side: Side, patienceMs?: number): Promise<void> {
  await runSync(desk, side, 'look', patienceMs)
}

async function runSync(
  desk: ShopsDesk,
  side: Side,
  kind: 'reconcile' | 'look',
  patienceMs?: number,
): Promise<void> {
  let asked = Date.now()
  await ask(desk, side, `sync/${kind}s`, {})
  let seen: Sync | undefined
  await eventually(
    async () => {
      seen = (await ask<Sync>(desk, side, 'sync'))?.body
      const run = seen?.[kind]
      const [began, ended] = [Date.parse(run?.startedAt ?? ''), Date.parse(run?.finishedAt ?? '')]
      // It went on with a run that had failed before, which keeps its beginning; the next one begins anew.
      if (began < asked && ended >= asked) {
        asked = Date.now()
        await ask(desk, side, `sync/${kind}s`, {})
      }
      return began >= asked && ended >= began
    },
    `the end of a ${kind} of ${side.shop.url}`,
    patienceMs,
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(seen)}`)
  })
}
