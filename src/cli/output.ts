import { Refused } from '../domain/refusal.ts'
import { wordsFor } from '../words/words.ts'

/** Prints a result: one JSON document, or a line for each of its parts. Everything else goes to stderr. */
export function printResult(result: object, asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  for (const [name, value] of Object.entries(result)) process.stdout.write(`${name}: ${String(value)}\n`)
}

/** For people: a line for each. */
export function printLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

export function notice(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** What a person reads when a command fails: fields and mends of a refusal, else the error's own sentence. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Refused)) return error instanceof Error ? error.message : String(error)
  const { refusal } = error
  if (refusal.code === 'invalid')
    return refusal.fields.map((one) => `${optionOf(one.field)}: ${one.message}`).join('\n')
  const { t } = wordsFor('en')
  const sentences = [`problems:${refusal.code}.title`, `problems:${refusal.code}.detail`]
  return sentences.map((key) => t(key, { ...refusal })).join(' ')
}

/** A field as its option is typed: "furtherOrder" is --further-order, "prices.sms.step" a part of --price sms=... */
function optionOf(field: string): string {
  const [, channel] = /^prices\.([^.]+)/.exec(field) ?? []
  if (channel !== undefined) return `--price ${channel}`
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
