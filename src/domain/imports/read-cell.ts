import { DateTime } from 'luxon'
import { z } from 'zod'
import { type Channel, channels, isChannel } from '../credits/rate-card.ts'
import { normalLocale } from '../customers/normal-locale.ts'
import { normalPhone } from '../customers/normal-phone.ts'

// How the cells of a row are read: the value, or what is wrong with it.

/** What a cell holds that it may not, as the sentence that says so. */
export class Wrong {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** The value as it stands in the cell, short enough to be found again. */
function shown(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`
}

export function textUpTo(longest: number) {
  return (text: string): string | Wrong =>
    text.length > longest ? new Wrong(`shorten it to ${longest} characters`) : text
}

const emailAddress = z.email().max(254)

export function readEmail(text: string): string | Wrong {
  const email = text.toLowerCase()
  return emailAddress.safeParse(email).success ? email : new Wrong(`${shown(text)} is no e-mail address`)
}

export function readPhone(text: string): string | Wrong {
  return (
    normalPhone(text, '') ??
    new Wrong(`${shown(text)} is no phone number; give it with + and the country code, such as +38640123456`)
  )
}

export function readLocale(text: string): string | Wrong {
  const locale = text.length > 35 ? undefined : normalLocale(text)
  return locale ?? new Wrong(`${shown(text)} is no language; give one such as sl or de-AT`)
}

const mostUnits = 100_000_000n

export function readUnits(text: string): bigint | Wrong {
  const parts = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text)
  if (!parts) {
    return new Wrong(
      `${shown(text)} is no number of credits; give one such as 12.5, with at most two decimals and no mark for thousands`,
    )
  }
  const units = BigInt(parts[1] ?? '0') * 100n + BigInt((parts[2] ?? '').padEnd(2, '0'))
  if (units === 0n) return new Wrong('give a number above 0, or take the row out')
  return units > mostUnits ? new Wrong('give at most a million credits in one row') : units
}

/** Rule 13: validity ends with the day, on the shop's clock. */
export function readDay(text: string, timeZone: string): { day: string; at: Date } | Wrong {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? DateTime.fromISO(text, { zone: timeZone }).endOf('day')
    : undefined
  if (!end?.isValid) return new Wrong(`${shown(text)} is no day; write it as 2027-12-31`)
  return { day: text, at: end.toJSDate() }
}

export function readChannels(text: string): readonly Channel[] | Wrong {
  const names = text
    .toLowerCase()
    .split(/[\s,;|]+/)
    .filter((name) => name !== '')
  const unknown = names.filter((name) => !isChannel(name))
  if (unknown.length > 0 || names.length === 0) {
    return new Wrong(
      `${shown(unknown.join(' ') || text)} is no channel; choose from ${channels.join(' ')}, or leave it empty for all`,
    )
  }
  return channels.filter((channel) => names.includes(channel))
}

/** In its shortest form, so that 10 and 10,00 are the same content. */
export function readAmount(text: string): string | Wrong {
  const parts = /^0*(\d{1,12})(?:[.,](\d{1,4}?)0*)?$/.exec(text)
  if (!parts) return new Wrong(`${shown(text)} is no amount; write it as 125.00`)
  const [, whole = '0', decimals = '0'] = parts
  return /^0*$/.test(decimals) ? whole : `${whole}.${decimals}`
}

export function readCurrency(text: string): string | Wrong {
  return /^[A-Za-z]{3}$/.test(text)
    ? text.toUpperCase()
    : new Wrong(`${shown(text)} is no currency; give three letters, such as EUR`)
}
