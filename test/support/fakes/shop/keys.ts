import { randomBytes } from 'node:crypto'

export interface ShopKeyPair {
  consumerKey: string
  consumerSecret: string
}

/** A REST API key of the shop. */
export interface ShopKey extends ShopKeyPair {
  permissions: 'read' | 'write' | 'read_write'
  /** A clerk sees orders, products and customers, and nothing that belongs to the shop's settings. */
  role: 'manager' | 'clerk'
}

export function makeKey(made: Partial<ShopKey> = {}): ShopKey {
  return {
    consumerKey: `ck_${randomBytes(20).toString('hex')}`,
    consumerSecret: `cs_${randomBytes(20).toString('hex')}`,
    permissions: 'read_write',
    role: 'manager',
    ...made,
  }
}
