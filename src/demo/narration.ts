import { toUnits } from '../domain/credits/units.ts'
import { wordsFor } from '../words/words.ts'
import type { SeenTicket } from './visitor.ts'

export const words = wordsFor('en')
export const { t } = words

const columns = ['step', 'ticket', 'available', 'email', 'sms', 'video'] as const
type Row = Record<(typeof columns)[number], string>

/** Tells the story on stdout, keeps the table of balances, and counts what was not as told. */
export function narrator() {
  const rows: Row[] = []
  let step = 0
  let checks = 0
  let wrong = 0
  const say = (text: string) => process.stdout.write(`${text}\n`)

  return {
    say,
    scene(key: string, values: Record<string, unknown> = {}) {
      step += 1
      say(`\n${String(step).padStart(2)}. ${t(`demo:scene.${key}`, values)}`)
    },
    balance(ticket: SeenTicket) {
      const row = {
        step: String(step),
        ticket: String(ticket.number),
        available: words.number(ticket.balance.available),
        email: words.number(ticket.tally.email),
        sms: words.number(ticket.tally.sms),
        video: words.duration(ticket.tally.videoSeconds),
      }
      rows.push(row)
      const credits = words.creditsPhrase(toUnits(ticket.balance.available))
      say(t('demo:after', { ...row, credits }))
    },
    check(what: string, got: unknown, expected: unknown) {
      checks += 1
      if (got === expected) return
      wrong += 1
      say(t('demo:failed', { what, expected: String(expected), got: String(got) }))
    },
    table() {
      const shown = columns.map((column) => {
        const cells = [t(`demo:column.${column}`), ...rows.map((row) => row[column])]
        const width = Math.max(...cells.map((cell) => cell.length))
        const [head = '', ...below] = cells.map((cell) => cell.padStart(width))
        return [head, '-'.repeat(width), ...below]
      })
      const lines = (shown[0] ?? []).map((_, at) => shown.map((cells) => cells[at]).join('  '))
      say(`\n${lines.map((line) => `  ${line}`).join('\n')}`)
    },
    counts: () => ({ checks, wrong }),
  }
}

export type Narrator = ReturnType<typeof narrator>
