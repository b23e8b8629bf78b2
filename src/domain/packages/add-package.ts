import type { Sql } from '../../db/database.ts'
import { changesOf } from '../audit/changes.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { checkAll } from '../check-all.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { askForProducts } from '../products/ask-for-products.ts'
import { readCatalogueState } from '../products/catalogue-state.ts'
import { refuse } from '../refusal.ts'
import { requireShop } from '../shops/require-shop.ts'
import { readMatch } from './read-match.ts'
import { defaultTerms, type GivenTerms, givenTermsOf, readTerms } from './read-terms.ts'
import { saveTerms } from './save-terms.ts'

export interface NewPackage extends GivenTerms {
  shopId: bigint
  /** "variation:13", "product:11", "sku:SUPPORT-10", "sku:SUPPORT-*" or "category:support". */
  match: string
  /** Who adds it, for the audit log. */
  actor: string
}

/**
 * Makes a product of the shop carry credits. Orders that came before it are looked at again by a job; for a category the shop's
 * products are read first if they never were. What is left out: all channels at the shop's prices, without end, and a ticket for
 * each order.
 * Throws Refused: `invalid` naming each field, `package_exists` for an equal match, `not_found` for the shop.
 */
export async function addPackage(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: NewPackage,
): Promise<{ id: string }> {
  const { match, terms } = checkAll({
    match: () => readMatch(input.match),
    terms: () => readTerms(defaultTerms, input),
  })
  const { shopId } = input
  const at = deps.clock.now()
  const id = await deps.db.transaction(async (sql) => {
    await requireShop(sql, shopId)
    const packageId = await insertPackage(sql, shopId, match, at)
    await saveTerms(sql, { shopId, packageId, version: 1, at }, terms)
    await writeAudit(sql, {
      shopId,
      actor: input.actor,
      action: 'package_add',
      data: {
        packageId: String(packageId),
        match: `${match.kind}:${match.value}`,
        ...changesOf({}, givenTermsOf(terms)),
      },
      at,
    })
    await enqueueJob(sql, 'rematch_orders', { shopId: String(shopId) }, { key: `rematch:${shopId}` })
    if (match.kind === 'category' && !(await readCatalogueState({ db: sql }, shopId)).completeAt) {
      await askForProducts(sql, { shopId, at })
    }
    return packageId
  })
  deps.wakeWorkers()
  return { id: String(id) }
}

async function insertPackage(
  sql: Sql,
  shopId: bigint,
  match: { kind: string; value: string },
  at: Date,
): Promise<bigint> {
  const [made] = await sql.query<{ id: bigint }>(
    'add-package',
    `insert into package (shop_id, match_kind, match_value, created_at) values ($1, $2, $3, $4)
     on conflict (shop_id, match_kind, match_value) where retired_at is null do nothing returning id`,
    [shopId, match.kind, match.value, at],
  )
  if (made) return made.id
  const [known] = await sql.query<{ id: bigint }>(
    'find-package-by-match',
    'select id from package where shop_id = $1 and match_kind = $2 and match_value = $3 and retired_at is null',
    [shopId, match.kind, match.value],
  )
  return refuse({ code: 'package_exists', packageId: String(known?.id ?? '') })
}
