import type { Sql } from '../../db/database.ts'
import type { ShopOrderLine } from '../../ports/shop.ts'
import { skuValue } from '../packages/match-package.ts'
import { type SupportHint, supportHint } from '../packages/support-hint.ts'
import { askForProduct } from '../products/ask-for-products.ts'
import type { Entitlement } from './entitlement.ts'
import { type LineStep, matchOnSale } from './line-plan.ts'
import type { Offer } from './load-offer.ts'

/** A line that was paid for and carries no credits, because no package means it. */
export interface UnmatchedLine {
  lineId: string
  productId: string
  /** What a package would have to name. */
  subject: string
  name: string
  sku: string
  hint: SupportHint | null
}

/** The lines of an order that no grant follows and no package means. What was refunded whole needs none. */
export function unmatchedLines(
  entitlement: Entitlement,
  steps: readonly LineStep[],
  offer: Offer,
): UnmatchedLine[] {
  const served = new Set(steps.map(servedLine))
  const found = entitlement.lines
    .filter((sold) => sold.quantity > 0 && !served.has(sold.line.lineId) && !matchOnSale(sold, offer))
    .map(({ line }) => ({
      lineId: line.lineId,
      productId: line.productId,
      subject: subjectOf(line),
      name: line.name,
      sku: line.sku,
      hint: supportHint(line, { proposes: proposes(line, offer), packages: offer.packages }) ?? null,
    }))
  // A shop that gives two lines one id must not keep the order from being worked out.
  return [...new Map(found.map((line) => [line.lineId, line])).values()]
}

/** Makes the unmatched lines of an order these, and has the products asked for of which nothing is known. */
export async function settleUnmatched(
  sql: Sql,
  order: { shopId: bigint; orderId: bigint; hasKeys: boolean },
  lines: readonly UnmatchedLine[],
  { products }: Offer,
): Promise<void> {
  const { shopId, orderId, hasKeys } = order
  await sql.query(
    'settle-unmatched-lines',
    `with given as (select * from jsonb_to_recordset($3) as g("lineId" text, "productId" text, subject text, name text, sku text, hint text)),
     dropped as (delete from unmatched_line u where u.shop_id = $1 and u.order_id = $2
       and not exists (select from given g where g."lineId" = u.line_id))
     insert into unmatched_line as u (shop_id, order_id, line_id, product_id, subject, name, sku, hint)
     select $1, $2, "lineId", "productId", subject, name, sku, hint from given
     on conflict (shop_id, order_id, line_id) do update set product_id = excluded.product_id, subject = excluded.subject,
       name = excluded.name, sku = excluded.sku, hint = excluded.hint
     where (u.product_id, u.subject, u.name, u.sku, u.hint) is distinct from
       (excluded.product_id, excluded.subject, excluded.name, excluded.sku, excluded.hint)`,
    [shopId, orderId, JSON.stringify(lines)],
  )
  if (!hasKeys) return
  const unknown = lines.map(({ productId }) => productId).filter((id) => id !== '0' && !products.has(id))
  for (const productId of new Set(unknown)) await askForProduct(sql, { shopId, productId })
}

function servedLine(step: LineStep): string {
  return step.kind === 'grant' ? step.sold.line.lineId : (step.continuedAs ?? step.known.lineId)
}

const longestSubject = 200

function subjectOf(line: ShopOrderLine): string {
  if (line.variationId !== undefined) return `variation:${line.variationId}`
  if (line.productId !== '0') return `product:${line.productId}`
  const sku = skuValue(line.sku)
  return sku === ''
    ? `name:${line.name.trim()}`.slice(0, longestSubject)
    : `sku:${sku}`.slice(0, longestSubject)
}

function proposes({ productId, variationId = '' }: ShopOrderLine, { products }: Offer): boolean {
  return products.get(productId)?.proposing.has(variationId) ?? false
}
