import { listProducts } from '../../../domain/products/list-products.ts'
import { refreshProducts } from '../../../domain/products/refresh-products.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import { listQuery, pageOf, text } from '../fields.ts'
import { catalogueJson, productJson, toCatalogueJson, toProductJson } from '../json/product.ts'
import { apiRoute } from '../route.ts'

export const listProductsRoute = apiRoute({
  method: 'get',
  path: '/products',
  summary: 'What the shop sells, by name: products without variations, and variations.',
  scope: 'read',
  query: listQuery.extend({
    q: text(200)
      .optional()
      .meta({ description: 'Beginnings of words of the name, the SKU or the id, all of them.' }),
  }),
  status: 200,
  answer: pageOf(productJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const after = readIdCursor(query.cursor)
    const page = await listProducts(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      ...(query.q !== undefined && { search: query.q }),
      ...(after !== undefined && { after }),
    })
    return {
      data: page.products.map(toProductJson),
      next: page.next === undefined ? null : writeCursor(page.next),
    }
  },
})

export const refreshProductsRoute = apiRoute({
  method: 'post',
  path: '/products/refresh',
  summary:
    "Has the shop's products read again. It answers at once; GET products shows what is known meanwhile.",
  scope: 'write',
  status: 200,
  answer: catalogueJson,
  problems: [409],
  async handle(deps, { caller }) {
    return toCatalogueJson(await refreshProducts(deps, { shopId: caller.shopId }))
  },
})
