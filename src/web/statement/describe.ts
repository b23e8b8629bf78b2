import type { Words } from '../../words/words.ts'
import { messageChannels } from '../props.ts'
import { isolate } from '../text.tsx'
import { stopwatch } from '../time.ts'
import type { StatementLineProps } from './props.ts'

/** A movement in words: what it was, and the quiet line under it. The customer's page and the CSV file say the same. */
export function describeLine(line: StatementLineProps, words: Words): { what: string; detail: string } {
  const { t } = words
  const details = [
    line.order && t('statement:line.order', { order: line.order.number }),
    line.session &&
      line.kind === 'post' &&
      t('statement:line.sessionDetail', {
        actual: stopwatch(words, line.session.actualSeconds),
        billed: stopwatch(words, line.session.billedSeconds),
      }),
    line.ticket && `#${line.ticket.number} ${isolate(line.ticket.subject)}`,
    line.reason && reasonText(line.reason, words),
    owedText(line, words),
  ]
  return { what: whatOf(line, words), detail: details.filter(Boolean).join(' · ') }
}

function whatOf(line: StatementLineProps, words: Words): string {
  const { t } = words
  const packageName = isolate(line.packageName)
  const agent = line.agent ? isolate(line.agent) : t('statement:line.team')
  switch (line.kind) {
    case 'grant':
      if (line.source === 'order_line') return t('statement:line.bought', { package: packageName })
      return t(line.source === 'goodwill' ? 'statement:line.goodwill' : 'statement:line.added')
    case 'spend': {
      if (line.message?.channel === 'work') return t('statement:line.work', { agent })
      const channel = messageChannels.find((known) => known === line.message?.channel)
      return t('statement:line.spend', { agent, channel: channel ? t(`desk:by.${channel}`) : '' }).trim()
    }
    case 'post':
      return t('statement:line.post', { agent })
    case 'restore':
    case 'revoke':
    case 'expire':
      return t(`statement:line.${line.kind}`, { package: packageName })
    default:
      return t(`statement:line.${line.kind}`)
  }
}

function owedText({ owedUnits }: StatementLineProps, words: Words): string {
  if (owedUnits === 0n) return ''
  return owedUnits > 0n
    ? words.t('statement:line.owedMore', { credits: words.creditsPhrase(owedUnits) })
    : words.t('statement:line.owedLess', { credits: words.creditsPhrase(-owedUnits) })
}

function reasonText(reason: string, words: Words): string {
  // The one reason that the ledger writes by itself; the others are a person's or a provider's words.
  return reason === 'reversed_after_expiry' ? words.t('statement:line.reversedAfterExpiry') : isolate(reason)
}
