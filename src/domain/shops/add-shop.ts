import type { Sql } from '../../db/database.ts'
import { knownLocales } from '../../words/words.ts'
import { readTimeZone } from '../customers/time-zone.ts'
import type { Deps } from '../deps.ts'
import { askForProducts } from '../products/ask-for-products.ts'
import { type FieldProblem, refuse } from '../refusal.ts'
import { seal } from '../secrets/seal.ts'
import { newToken } from '../secrets/token.ts'
import { type ShopSecret, secretContext } from './secret-context.ts'

export interface NewShop {
  name: string
  /** What sells in it: "woocommerce" unless given, or "generic" for whatever posts its orders by itself. */
  kind?: string
  url: string
  /** REST key and secret: both, or neither (the shop is then understood from its deliveries alone). */
  key?: string
  secret?: string
  /** With which the shop signs its deliveries; one of ours when left out, for a shop that is connected afterwards. */
  webhookSecret?: string
  /** IANA name. */
  timezone?: string
  /** In which language agents and new customers are written to: one that there are words of; English when left out. */
  locale?: string
  /** For how long an answer can be taken back before it is sent; 0 when left out. */
  undoSeconds?: number
}

type CheckedShop = NewShop & { timezone: string; kind: string; locale: string }

const firstTicketNumber = 1001

/**
 * Connects a shop. Looks at the syntax only; nothing is called. Returns the address for the shop's webhooks.
 * Throws Refused `invalid` naming each bad field.
 */
export async function addShop(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'publicUrl' | 'shops'>,
  input: NewShop,
): Promise<{ id: string; webhookUrl: string }> {
  const shop = checkShop(input, deps.shops)
  const id = await deps.db.transaction((sql) => insertShop(deps, sql, shop))
  return { id: String(id), webhookUrl: `${deps.publicUrl}/webhooks/${shop.kind}/${id}` }
}

/** The row of a shop that checkShop passed, with its secrets sealed. In the caller's transaction. Returns its id. */
export async function insertShop(
  deps: Pick<Deps, 'clock' | 'keyring'>,
  sql: Sql,
  shop: CheckedShop,
): Promise<bigint> {
  // The id is needed before the row: the secrets are sealed for the place where they will lie.
  const [row] = await sql.query<{ id: bigint }>('new-shop-id', `select nextval('shop_id_seq') as id`, [])
  if (!row) throw new Error('the sequence of shop ids gave nothing')
  const { id } = row
  const sealed = (secret: ShopSecret, value: string | undefined) =>
    value === undefined ? null : seal(deps.keyring, value, secretContext(id, secret))
  await sql.query(
    'add-shop',
    `with made as (
       insert into shop (id, name, url, timezone, webhook_secret, consumer_key, consumer_secret, created_at, kind, webhook_secret_made, locale, undo_seconds)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $10, $11, $12, $13) returning id
     ) insert into ticket_counter (shop_id, next) select id, $9 from made`,
    [
      id,
      shop.name,
      shop.url,
      shop.timezone,
      sealed('webhook_secret', shop.webhookSecret ?? newToken()),
      sealed('consumer_key', shop.key),
      sealed('consumer_secret', shop.secret),
      deps.clock.now(),
      firstTicketNumber,
      shop.kind,
      shop.webhookSecret === undefined,
      shop.locale,
      shop.undoSeconds ?? 0,
    ],
  )
  await askForProducts(sql, { shopId: id, at: deps.clock.now() })
  return id
}

/** What somebody gave for a shop, put in order. `nameField`: how its name is called where it was given. Refuses: invalid, naming each field. */
export function checkShop(input: NewShop, kinds: Deps['shops'], nameField = 'name'): CheckedShop {
  const fields: FieldProblem[] = []
  const kind = input.kind ?? 'woocommerce'
  const port = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (input.kind !== undefined && !port) {
    fields.push({ field: 'kind', message: `choose from ${Object.keys(kinds).join(', ')}` })
  }
  if (port && !port.api && (input.key !== undefined || input.secret !== undefined)) {
    fields.push({
      field: 'key',
      message: `leave key and secret out: a ${kind} shop posts to us and is not asked`,
    })
  }
  const name = input.name.trim()
  if (name === '' || name.length > 200) {
    fields.push({ field: nameField, message: 'give the shop a name, of at most 200 letters' })
  }
  const url = readShopUrl(input.url)
  if (url === undefined) {
    fields.push({ field: 'url', message: 'give the address of the shop, such as https://shop.example' })
  }
  const timezone = input.timezone ?? 'Europe/Ljubljana'
  if (readTimeZone(timezone) === undefined) {
    fields.push({ field: 'timezone', message: `"${timezone}" is no time zone; write it as Europe/Ljubljana` })
  }
  const locale = input.locale ?? 'en'
  if (!knownLocales().includes(locale)) {
    fields.push({ field: 'locale', message: `choose from ${knownLocales().join(', ')}` })
  }
  if (input.webhookSecret?.trim() === '') {
    fields.push({
      field: 'webhookSecret',
      message: 'give the secret with which the shop signs its deliveries',
    })
  }
  for (const [field, other] of [
    ['key', 'secret'],
    ['secret', 'key'],
  ] as const) {
    const value = input[field]
    if (value === undefined && input[other] !== undefined) {
      fields.push({ field, message: `is missing: the shop's REST key and secret belong together` })
    } else if (value !== undefined && !/^\S+$/.test(value)) {
      fields.push({ field, message: `must not be empty or hold spaces` })
    }
  }
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  return { ...input, name, url: url ?? '', timezone, kind, locale }
}

/** The address without a slash at its end; undefined unless it is plain http or https. */
export function readShopUrl(text: string): string | undefined {
  if (!URL.canParse(text.trim())) return undefined
  const url = new URL(text.trim())
  if (!/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    return undefined
  }
  return url.href.replace(/\/+$/, '')
}
