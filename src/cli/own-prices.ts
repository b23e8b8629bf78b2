import { InvalidArgumentError } from 'commander'
import type { GivenPrice } from '../domain/packages/read-price.ts'

export type OwnPrices = Record<string, GivenPrice | null>

const forms =
  'write it as sms=0.5, sms=0.5/segment, video=2/10 (for each started 10 minutes), video=2/10/60 (the first 60 seconds free), or sms=shop for the price of the shop'

/**
 * One more --price of a package: CHANNEL=CREDITS, then / and the unit, or / and the minutes of a started step, then / and the
 * free seconds. "shop" takes the price of its own away.
 */
export function ownPrice(text: string, before: OwnPrices = {}): OwnPrices {
  const [, channel = '', value = ''] = /^\s*([a-z]+)=(\S+)\s*$/.exec(text) ?? []
  if (channel === '') throw new InvalidArgumentError(forms)
  return { ...before, [channel]: value === 'shop' ? null : readValue(value) }
}

function readValue(value: string): GivenPrice {
  const [price = '', unit, free, ...rest] = value.split('/')
  const numbers = [price, ...(unit !== undefined && !isWord(unit) ? [unit] : []), ...(free ? [free] : [])]
  if (rest.length > 0 || numbers.some((part) => part === '' || !Number.isFinite(Number(part)))) {
    throw new InvalidArgumentError(forms)
  }
  if (unit === undefined) return { price: Number(price) }
  if (isWord(unit)) return { price: Number(price), per: unit }
  return { price: Number(price), step: Number(unit), ...(free !== undefined && { free: Number(free) }) }
}

function isWord(part: string): boolean {
  return /^[a-z]+$/.test(part)
}

/** The same the other way, for a list that people read. */
export function priceWord({ price, per, step, free }: GivenPrice): string {
  if (per === 'minutes') return `${price}/${step ?? 5}${free ? `/${free}` : ''}`
  return per === 'segment' ? `${price}/segment` : String(price)
}
