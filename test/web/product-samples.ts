import type { ProductsPageProps } from '../../src/web/desk/products-props.ts'
import { packagesPage } from './package-samples.ts'
import { minutesAgo } from './samples.ts'

const { unmatched: _, packages: __, add: ___, rates: ____, moreHref: _____, ...desk } = packagesPage

export const productsPage: ProductsPageProps = {
  ...desk,
  query: '',
  paged: true,
  moreHref: '/desk/packages/products?after=9',
  products: [
    {
      match: 'product:11',
      name: 'Support pack 10',
      sku: 'SUPPORT-10',
      price: '125.00',
      categories: ['support', 'services'],
      published: true,
      carried: { units: 1000n, match: 'product:11', href: '/desk/packages/1' },
      proposal: { units: 1000n },
    },
    {
      match: 'variation:14',
      name: 'Support plan – 20 credits',
      sku: 'SUPPORT-20',
      price: '220.50',
      categories: ['support'],
      published: true,
      carried: { units: 1500n, match: 'sku:SUPPORT-*', href: '/desk/packages/2' },
      proposal: { units: 2000n },
      pickHref: '/desk/packages?pick=variation%3A14#add',
    },
    {
      match: 'product:21',
      name: 'پشتیبانی تلفنی – یک بسته با نامی که از آنچه در یک سطر جا می‌شود بلندتر است',
      sku: '',
      price: '',
      categories: [],
      published: false,
      proposal: { text: 'ده' },
      pickHref: '/desk/packages?pick=product%3A21#add',
    },
    {
      match: 'product:15',
      name: '',
      sku: 'MUG-1',
      price: '9.90',
      categories: [],
      published: true,
      pickHref: '/desk/packages?pick=product%3A15#add',
    },
  ],
  catalogue: { hasKeys: true, reading: false, found: 1240, currency: 'EUR', completeAt: minutesAgo(42) },
  refreshAction: '/desk/packages/products/refresh',
  settings: {
    action: '/desk/packages/products/settings',
    values: { creditsKey: '_support_credits' },
    wrong: [],
    open: false,
  },
}

const { catalogue, settings } = productsPage
const { completeAt: ______, ...neverRead } = { ...catalogue, found: 0 }

/** Every state that has words of its own. */
export const productStates: Record<string, Partial<ProductsPageProps>> = {
  'being read': { catalogue: { ...neverRead, reading: true, found: 1 } },
  'being read, nothing yet': { products: [], catalogue: { ...neverRead, reading: true } },
  trouble: {
    catalogue: { ...catalogue, reading: true, trouble: 'The shop does not know the consumer key.' },
  },
  'nothing found': { query: 'lipa', products: [], paged: false },
  'never read': { products: [], catalogue: neverRead },
  none: { products: [], catalogue: { ...catalogue, found: 0 } },
  'no keys': { products: [], catalogue: { ...neverRead, hasKeys: false } },
  'wrong settings': { settings: { ...settings, wrong: ['creditsKey'], open: true } },
}
