import type { FormProps } from './form-props.ts'
import type { DeskFrame } from './props.ts'

/** What the shop sells, as it stands in the list to pick from. */
export interface ProductProps {
  /** "product:11", "variation:13". */
  match: string
  name: string
  sku: string
  /** As the shop wrote it; '' for none. */
  price: string
  categories: string[]
  published: boolean
  /** The package that a purchase would carry now. */
  carried?: { units: bigint; match: string; href: string }
  /** What it says of its credits: a number of units, or words that are no number. */
  proposal?: { units: bigint } | { text: string }
  /** To the filled form; absent when a package names this very product. */
  pickHref?: string
}

/** How well the shop's products are known. */
export interface CatalogueProps {
  hasKeys: boolean
  reading: boolean
  /** Products and variations of the reading under way, or of the last one. */
  found: number
  completeAt?: Date
  /** Of the prices; '' while the shop did not tell. */
  currency: string
  trouble?: string
}

/** /desk/packages/products */
export interface ProductsPageProps extends DeskFrame {
  /** As it was typed; '' when nothing was searched. */
  query: string
  products: ProductProps[]
  /** This page is not the first. */
  paged: boolean
  moreHref?: string
  catalogue: CatalogueProps
  refreshAction: string
  settings: FormProps
}

/** An article that was paid for, looks like support and carries no credits. */
export interface UnmatchedProps {
  subject: string
  name: string
  sku: string
  hint: 'proposal' | 'name' | 'sku' | 'similar'
  /** Of what the product says of itself. */
  proposed?: bigint
  orderCount: number
  /** Numbers of the newest ones. */
  orders: string[]
  /** Absent when no package can name it. */
  pickHref?: string
}

export interface UnmatchedListProps {
  orderCount: number
  products: UnmatchedProps[]
  action: string
  /** These are the ones of which somebody said that they are no support. */
  dismissed: boolean
  /** How many those are. */
  dismissedCount: number
  moreHref?: string
}
