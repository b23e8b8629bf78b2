import type { ShopPort } from '../../src/ports/shop.ts'
import { readDelivery } from './delivery.ts'
import { intake } from './intake.ts'

/** A shop or script that posts its orders to us and cannot be asked (README.md). */
export function createGenericShop(): ShopPort {
  return { intake, readDelivery, api: undefined, authorisation: undefined }
}
