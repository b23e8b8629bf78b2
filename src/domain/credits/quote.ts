import { type Balance, type BalanceJson, readBalance } from './balance.ts'

/** One grant that would pay, in the order in which they do. */
export interface Payer {
  grantId: string
  name: string
  units: bigint
  /** How much of it would be lent beyond the grant's credits (overdraft). */
  beyond: bigint
  until?: Date
}

/** What something would cost now, by the function that charges (rule 7). */
export interface Quote {
  code: 'ok' | 'insufficient_credits' | 'channel_not_covered'
  units: bigint
  /** What would be left to spend; undefined when it cannot be charged. */
  leaves?: bigint
  /** How much of the price an overdraft would lend. */
  beyond: bigint
  payers: Payer[]
  /** Free because another reply was charged; until then (rule 8). */
  freeUntil?: Date
  balance: Balance
}

/** As quote_reply and quote_work answer. `price` null: no grant names one. */
export interface QuoteJson {
  code: Quote['code']
  price: number | null
  payers: { grant: string; name: string; units: number; beyond: number; until: string | null }[]
  beyond: number
  freeUntil?: string | null
  balance: BalanceJson
}

/** `cardPrice`: what the shop's rate card says, for a customer whose grants name no price. */
export function readQuote(json: QuoteJson, cardPrice: bigint): Quote {
  const balance = readBalance(json.balance)
  const units = json.price === null ? cardPrice : BigInt(json.price)
  const beyond = BigInt(json.beyond)
  return {
    code: json.code,
    units,
    ...(json.code === 'ok' && { leaves: balance.available - units + beyond }),
    beyond,
    payers: json.payers.map((payer) => ({
      grantId: payer.grant,
      name: payer.name,
      units: BigInt(payer.units),
      beyond: BigInt(payer.beyond),
      ...(payer.until !== null && { until: new Date(payer.until) }),
    })),
    ...(json.freeUntil && { freeUntil: new Date(json.freeUntil) }),
    balance,
  }
}
