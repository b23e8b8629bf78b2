import { InvalidArgumentError } from 'commander'

// How the words of a command line are read.

export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('give a number')
  return value
}

export function onOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('give on or off')
  return text === 'on'
}

export function list(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** Ids are opaque to the caller; what cannot be one names nothing. */
export function id(text: string): bigint {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : 0n
}
