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

export function notice(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** What a person reads when a command fails: fields and mends of a refusal, else the error's own sentence. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Refused)) return error instanceof Error ? error.message : String(error)
  const { refusal } = error
  if (refusal.code === 'invalid')
    return refusal.fields.map((one) => `--${one.field}: ${one.message}`).join('\n')
  const { t } = wordsFor('en')
  const sentences = [`problems:${refusal.code}.title`, `problems:${refusal.code}.detail`]
  return sentences.map((key) => t(key, { ...refusal })).join(' ')
}
