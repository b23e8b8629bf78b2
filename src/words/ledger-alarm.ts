import { explainProblem, type ProblemFacts } from './ledger-problem.ts'
import { type RenderedMail, renderTemplate } from './mail.ts'
import type { Words } from './words.ts'

/** How many problems a mail explains; the rest is counted. */
const explained = 10

export interface LedgerAlarm {
  shopName: string
  agentName: string
  checkedAt: Date
  /** IANA time zone of the shop. */
  timeZone: string
  problemCount: number
  problems: readonly ProblemFacts[]
  deskUrl: string
}

/** The mail that tells a shop's owner that balances disagree with the ledger's entries, and what to do. */
export function renderLedgerAlarm(words: Words, alarm: LedgerAlarm): RenderedMail {
  const shown = alarm.problems.slice(0, explained)
  const rest = alarm.problemCount - shown.length
  return renderTemplate('ledger-alarm', words, {
    shopName: alarm.shopName,
    agentName: alarm.agentName,
    deskUrl: alarm.deskUrl,
    checkedAt: words.dateTime(alarm.checkedAt, alarm.timeZone),
    count: alarm.problemCount,
    rest,
    problems: shown.map((problem) => explainProblem(words, problem)),
  })
}
