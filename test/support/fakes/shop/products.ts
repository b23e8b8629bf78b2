import { metaOf } from './order-body.ts'
import { dates, linksOf, type Store } from './store.ts'
import type { ProductBody } from './wire.ts'

export interface NewProduct {
  name: string
  sku?: string
  /** Such as "125.00". */
  price?: string
  /** Written into the meta data under `_support_credits`. */
  credits?: string
  /** Slugs. */
  categories?: string[]
  /** Default publish. */
  status?: string
  type?: 'simple' | 'variable'
}

/** What happens to products. Every change is told by product.updated, of a variation with the variation's own id. */
export interface ProductActs {
  addProduct(product: NewProduct): number
  /** Gives the variation's id. `option` is the choice, such as "20 credits". */
  addVariation(
    productId: number,
    variation: { option: string; sku?: string; price?: string; credits?: string },
  ): number
  editProduct(id: number, change: Partial<ProductBody>): void
  /** Null takes the proposal away. */
  setCredits(id: number, credits: string | null): void
  /** Deletes it for good, a variable one with its variations. */
  removeProduct(id: number): void
}

export function productActs(store: Store): ProductActs {
  function productOf(id: number): ProductBody {
    const product = store.products[id]
    if (!product) throw new RangeError(`the fake shop has no product ${id}`)
    return product
  }

  function save(product: ProductBody): void {
    Object.assign(product, dates(store, 'date_modified', store.now()))
    store.emit('product.updated', product.id)
  }

  function writeCredits(product: ProductBody, credits: string | null | undefined): void {
    product.meta_data = product.meta_data.filter(({ key }) => key !== '_support_credits')
    if (credits !== null && credits !== undefined) {
      product.meta_data.push(metaOf(store, '_support_credits', credits))
    }
  }

  function add(template: number, fields: Partial<ProductBody>, credits: string | undefined): number {
    const id = store.nextId()
    const list = fields.parent_id ? `products/${fields.parent_id}/variations` : 'products'
    const links = linksOf(store, list, id, fields.parent_id ? { up: `products/${fields.parent_id}` } : {})
    const product = { ...structuredClone(productOf(template)), ...fields, id, _links: links }
    Object.assign(product, dates(store, 'date_created', store.now()))
    writeCredits(product, credits)
    store.products[id] = product
    save(product)
    return id
  }

  return {
    addProduct({
      name,
      sku = '',
      price = '10.00',
      credits,
      categories = [],
      status = 'publish',
      type = 'simple',
    }) {
      const fields = {
        name,
        sku,
        status,
        type,
        price: type === 'variable' ? '' : price,
        regular_price: type === 'variable' ? '' : price,
        slug: name.toLowerCase().replace(/\W+/g, '-'),
        categories: categories.map((slug, index) => ({ id: 900 + index, name: slug, slug })),
        variations: [],
      }
      return add(type === 'variable' ? 12 : 11, fields, credits)
    },
    addVariation(productId, { option, sku = '', price = '10.00', credits }) {
      const parent = productOf(productId)
      const attributes = [{ id: 0, name: 'Size', slug: 'size', option }]
      const fields = { name: option, sku, price, regular_price: price, parent_id: productId, attributes }
      const id = add(13, fields, credits)
      parent.variations = [...(parent.variations as number[]), id]
      return id
    },
    editProduct(id, change) {
      save(Object.assign(productOf(id), change))
    },
    setCredits(id, credits) {
      const product = productOf(id)
      writeCredits(product, credits)
      save(product)
    },
    removeProduct(id) {
      for (const product of Object.values(store.products)) {
        if (product.id === id || product.parent_id === id) delete store.products[product.id]
      }
    },
  }
}

/** A variation that is shown as a product has the product's fields, and its full name. */
export function asProduct(store: Pick<Store, 'products'>, product: ProductBody): ProductBody {
  const parent = store.products[product.parent_id]
  if (!parent) return product
  return { ...parent, ...product, name: `${parent.name} - ${product.name}`, categories: [], variations: [] }
}
