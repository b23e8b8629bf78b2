import { retryTransaction } from '../../db/retry-transaction.ts'
import { ShopApiError, type ShopProduct } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { withRest } from '../shops/rest-shop.ts'
import { jobOf } from './ask-for-products.ts'
import { saveProducts } from './save-products.ts'
import { openCatalogue, type ShopCatalogue } from './shop-catalogue.ts'

/** Small, because the shop is asked for the variations of each product of a page before the page is kept. */
const pageSize = 20

/** More pages than this are a loop in the shop's paging, and no shop's products. */
const mostPages = 10_000

/** Products that were not in the list are asked for one by one, so many in a step. */
const checkedAtOnce = 10

interface Reading {
  startedAt: Date
  /** 0: the list is read, what was not in it is being asked for. */
  page: number
}

/** What one step learned of the shop. */
interface Step {
  products: ShopProduct[]
  whole: string[]
  /** The page after it; undefined when there is nothing left to ask. */
  next: number | undefined
}

/**
 * One step of reading a shop's products: a page of the list, or, after the last, a few of those that were not in it. What is
 * learned, how far it came and the job of the next step are one commit, so a reading goes on after any crash where it stood.
 * A product counts as gone only when the shop says so itself: a list that moves while it is read may leave one out.
 * Throws ShopApiError when trying again may help; what the shop refuses for good stands beside the list until somebody asks again.
 */
export async function readCatalogue(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>,
  input: { shopId: bigint },
): Promise<void> {
  const { shopId } = input
  const [reading] = await deps.db.query<Reading>(
    'catalogue-read-under-way',
    'select started_at as "startedAt", page from catalogue_read where shop_id = $1 and ended_at is null',
    [shopId],
  )
  const catalogue = reading && (await openCatalogue(deps, shopId))
  if (!catalogue) return
  const askedAt = deps.clock.now()
  const step = await takeStep(deps, shopId, catalogue, reading)
  if (!step) return
  await retryTransaction(deps.db, async (sql) => {
    await saveProducts(sql, { shopId, askedAt, ...step })
    const moved = await sql.query(
      'move-catalogue-read',
      `update catalogue_read set page = coalesce($4, page), found = found + $5, trouble = null,
         ended_at = case when $4::int is null then $6::timestamptz end,
         complete_at = case when $4::int is null then $6::timestamptz else complete_at end
       where shop_id = $1 and started_at = $2 and page = $3 and ended_at is null returning page`,
      [
        ...[shopId, reading.startedAt, reading.page],
        ...[step.next ?? null, reading.page === 0 ? 0 : step.products.length, deps.clock.now()],
      ],
    )
    // Somebody began anew meanwhile, and that reading has its own job.
    if (moved.length === 0 || step.next === undefined) return
    await enqueueJob(sql, 'read_catalogue', { shopId: String(shopId) }, jobOf(shopId))
  })
  deps.wakeWorkers()
}

/** Undefined when the shop refused for good. */
async function takeStep(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  shopId: bigint,
  catalogue: ShopCatalogue,
  reading: Reading,
): Promise<Step | undefined> {
  try {
    return await withRest(deps, shopId, () =>
      reading.page === 0 ? checkMissing(deps, shopId, catalogue, reading) : readPage(catalogue, reading.page),
    )
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    await deps.db.query('trouble-of-catalogue', 'update catalogue_read set trouble = $2 where shop_id = $1', [
      shopId,
      error.message,
    ])
    if (error.retriable) throw error
    deps.log.warn({ shopId: String(shopId), reason: error.message }, 'the products were refused')
    return undefined
  }
}

async function readPage({ api, keys, creditsKey }: ShopCatalogue, page: number): Promise<Step> {
  const { products, more } = await api.listProducts(keys, { page, pageSize, creditsKey })
  return { products, whole: [], next: more && page < mostPages ? page + 1 : 0 }
}

async function checkMissing(
  deps: Pick<Deps, 'db'>,
  shopId: bigint,
  { api, keys, creditsKey }: ShopCatalogue,
  reading: Reading,
): Promise<Step> {
  const missing = await deps.db.query<{ productId: string }>(
    'products-not-in-list',
    `select distinct product_id as "productId" from product where shop_id = $1 and gone_at is null and asked_at < $2
     order by product_id limit $3`,
    [shopId, reading.startedAt, checkedAtOnce],
  )
  const products: ShopProduct[] = []
  for (const { productId } of missing) products.push(...(await api.fetchProduct(keys, productId, creditsKey)))
  return {
    products,
    whole: missing.map(({ productId }) => productId),
    next: missing.length === 0 ? undefined : 0,
  }
}
