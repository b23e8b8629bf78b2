import { DateTime } from 'luxon'

/** The parts of an order's body that the fake works with; the captured body has many more, which ride along. */
export interface OrderBody {
  [field: string]: unknown
  id: number
  status: string
  currency: string
  total: string
  customer_id: number
  billing: Record<string, string>
  payment_method: string
  date_created_gmt: string
  date_modified_gmt: string
  date_paid_gmt: string | null
  date_completed_gmt: string | null
  number: string
  meta_data: MetaBody[]
  line_items: LineBody[]
  /** Newest first. */
  refunds: { id: number; reason: string; total: string }[]
}

export interface LineBody {
  [field: string]: unknown
  id: number
  name: string
  product_id: number
  variation_id: number
  quantity: number
  total: string
  sku: string
  price: number
}

export interface MetaBody {
  id: number
  key: string
  value: unknown
}

export interface ProductBody {
  [field: string]: unknown
  id: number
  name: string
  type: string
  status: string
  sku: string
  price: string
  /** 0 unless it is a variation. */
  parent_id: number
  categories?: { id: number; name: string; slug: string }[]
  attributes: { name: string; option?: string }[]
  meta_data: MetaBody[]
}

export interface CustomerBody {
  [field: string]: unknown
  id: number
  email: string
  billing: Record<string, string>
}

/** JSON as PHP writes it: slashes and everything beyond ASCII escaped. Signatures go over these very bytes. */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A moment as the shop writes it: in UTC and as its own local time, in whole seconds, neither with a zone. */
export function stamp(at: Date, timezone: string): { local: string; gmt: string } {
  const moment = DateTime.fromJSDate(at, { zone: 'utc' })
  const format = "yyyy-MM-dd'T'HH:mm:ss"
  return { local: moment.setZone(timezone).toFormat(format), gmt: moment.toFormat(format) }
}

/** Whole cents of "220.50" or 220.5. */
export function cents(amount: string | number): number {
  return Math.round(Number(amount) * 100)
}

/** "220.50" */
export function money(amount: number): string {
  return (amount / 100).toFixed(2)
}
