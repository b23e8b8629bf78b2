import { z } from 'zod'
import type { ProductPage, ProductQuery, ShopProduct } from '../../src/ports/shop.ts'
import type { ShopCall } from './client.ts'
import { getAll, hasMore, readRows } from './paging.ts'
import { parse, pathId, unlessRefused } from './parse.ts'
import { amount, id, metaData, text, utcTime } from './wire.ts'

const productGone = /^woocommerce_rest_product_invalid_id$/

const productContract = z.object({
  id,
  name: text,
  type: text,
  status: text,
  sku: text,
  price: z.literal('').or(amount).catch(''),
  parent_id: id.nullish().transform((value) => value ?? '0'),
  date_modified_gmt: utcTime.catch(undefined),
  categories: z
    .array(z.object({ slug: text }))
    .nullish()
    .transform((value) => value ?? []),
  attributes: z
    .array(z.object({ option: text }))
    .nullish()
    .transform((value) => value ?? []),
  meta_data: metaData,
})
type WireProduct = z.infer<typeof productContract>

/** The shop works long for what is left out, such as related products and prices as markup. */
const onlyNeeded = { _fields: Object.keys(productContract.shape).join(',') }

/**
 * One page of the shop's products, each variable one as its variations. The words are looked for in the names, and as an
 * exact SKU: older shops cannot look for a part of one.
 */
export async function listProducts(call: ShopCall, query: ProductQuery): Promise<ProductPage> {
  const search = query.search?.trim()
  const answer = await call.get('products', {
    ...onlyNeeded,
    orderby: 'id',
    order: 'asc',
    per_page: String(query.pageSize),
    page: String(query.page),
    ...(search && { search }),
  })
  const rows = readRows(answer)
  const bySku =
    search && query.page === 1 ? readRows(await call.get('products', { ...onlyNeeded, sku: search })) : []
  const wire = parse(z.array(productContract), [...bySku, ...rows], 'a list of products')
  const found = await Promise.all(wire.map((product) => expand(call, product, query.creditsKey)))
  return {
    products: unique(found.flat()),
    more: hasMore(answer, rows.length, query.page, query.pageSize),
  }
}

/** The product, or all its variations; empty when the shop has it no more or keeps it in the trash. */
export async function fetchProduct(
  call: ShopCall,
  productId: string,
  creditsKey: string,
): Promise<ShopProduct[]> {
  const wire = await getProduct(call, productId)
  return wire ? await expand(call, wire, creditsKey) : []
}

async function getProduct(call: ShopCall, productId: string): Promise<WireProduct | undefined> {
  const path = `products/${pathId(productId, 'product')}`
  return await unlessRefused(productGone, async () => {
    const wire = parse(productContract, (await call.get(path, onlyNeeded)).body, 'a product')
    return wire.status === 'trash' ? undefined : wire
  })
}

/** What can be bought of it. A variation that was found by its own SKU is told with the name of its product. */
async function expand(call: ShopCall, product: WireProduct, creditsKey: string): Promise<ShopProduct[]> {
  if (product.type === 'variation') {
    const parent = await getProduct(call, product.parent_id)
    return parent ? [toVariation(parent, product, creditsKey)] : []
  }
  if (!product.type.startsWith('variable')) return [toProduct(product, creditsKey)]
  const rows = await unlessRefused(productGone, () =>
    getAll(call, `products/${product.id}/variations`, onlyNeeded),
  )
  const variations = parse(z.array(productContract), rows ?? [], 'a list of variations')
  return variations.map((variation) => toVariation(product, variation, creditsKey))
}

function toProduct(product: WireProduct, creditsKey: string): ShopProduct {
  const credits = creditsOf(product, creditsKey)
  return {
    productId: product.id,
    name: product.name,
    sku: product.sku,
    price: product.price,
    published: product.status === 'publish',
    categories: product.categories.map(({ slug }) => slug),
    ...(credits !== undefined && { proposedCredits: credits }),
    modifiedAt: product.date_modified_gmt,
  }
}

function toVariation(parent: WireProduct, variation: WireProduct, creditsKey: string): ShopProduct {
  const choice = variation.attributes
    .map(({ option }) => option)
    .filter((option) => option !== '')
    .join(', ')
  const credits = creditsOf(variation, creditsKey) ?? creditsOf(parent, creditsKey)
  return {
    ...toProduct(parent, creditsKey),
    variationId: variation.id,
    name: `${parent.name} – ${choice || variation.sku || variation.id}`,
    // An empty one is inherited, as the cart does it.
    sku: variation.sku || parent.sku,
    price: variation.price,
    published: parent.status === 'publish' && variation.status === 'publish',
    ...(credits !== undefined && { proposedCredits: credits }),
    modifiedAt: variation.date_modified_gmt,
  }
}

function creditsOf(product: WireProduct, creditsKey: string): string | undefined {
  const value = product.meta_data.find(({ key }) => key === creditsKey)?.value
  const written = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  return written === '' ? undefined : written
}

function unique(products: ShopProduct[]): ShopProduct[] {
  return [...new Map(products.map((product) => [product.variationId ?? product.productId, product])).values()]
}
