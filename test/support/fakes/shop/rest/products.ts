import { asProduct } from '../products.ts'
import { noRoute, type Reply, restError } from '../reply.ts'
import { linksOf, type Store } from '../store.ts'
import type { ProductBody } from '../wire.ts'
import { listParam, type Paging, pageOf, pickFields } from './list.ts'
import type { RestRequest } from './route.ts'

/** products, products/ID, products/ID/variations and products/categories. */
export function answerProducts(store: Store, request: RestRequest, paging: Paging): Reply {
  const { method, path, url } = request
  if (method !== 'GET') return noRoute
  if (path === 'products') return pageOf(findProducts(store, url), url, paging)
  if (path === 'products/categories') return pageOf(categories(store), url, paging)
  const [, id = '', part] = /^products\/(\d+)(\/variations)?$/.exec(path) ?? []
  if (id === '') return noRoute
  const product = store.products[id]
  if (!product) return restError('woocommerce_rest_product_invalid_id', 'Invalid ID.', 404)
  if (!part) {
    return { status: 200, body: pickFields(asProduct(store, product), url.searchParams.get('_fields')) }
  }
  const variations = Object.values(store.products).filter(({ parent_id }) => parent_id === product.id)
  return pageOf(variations.reverse(), url, paging)
}

function findProducts(store: Store, url: URL): ProductBody[] {
  const search = url.searchParams.get('search')?.toLowerCase()
  const skus = listParam(url, 'sku')
  const category = url.searchParams.get('category')
  const include = listParam(url, 'include')
  const rows = Object.values(store.products).filter(
    (product) =>
      product.status !== 'trash' &&
      // Only a search by SKU finds variations by themselves.
      (skus ? skus.includes(product.sku) : product.parent_id === 0) &&
      (!search || product.name.toLowerCase().includes(search)) &&
      (!category || product.categories?.some(({ id }) => id === Number(category))) &&
      (!include || include.includes(String(product.id))),
  )
  const direction = url.searchParams.get('order') === 'asc' ? 1 : -1
  return rows.sort((left, right) => direction * (left.id - right.id)).map((row) => asProduct(store, row))
}

function categories(store: Store): object[] {
  const all = Object.values(store.products).flatMap((product) => product.categories ?? [])
  return [...new Map(all.map((category) => [category.id, category])).values()].map((category) => ({
    ...category,
    parent: 0,
    description: '',
    display: 'default',
    image: null,
    menu_order: 0,
    count: all.filter(({ id }) => id === category.id).length,
    _links: linksOf(store, 'products/categories', category.id),
  }))
}
