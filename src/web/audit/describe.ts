import type { Words } from '../../words/words.ts'
import { isolate } from '../text.tsx'
import type { AuditChange, AuditRow, AuditValue } from './props.ts'

export function whoText({ who }: AuditRow, { t }: Words): string {
  switch (who.kind) {
    case 'person':
      return who.name
    case 'key':
      return t('audit:who.key', { id: who.id })
    case 'cli':
      return t('audit:who.cli')
    case 'system':
      return t('audit:who.system')
  }
}

export function actionText(row: AuditRow, words: Words): string {
  const { t } = words
  if (typeof row.action === 'object') return row.action.unknown
  return t(`audit:action.${row.action}`, {
    credits: words.creditsPhrase(row.units),
    person: isolate(row.person || t('audit:unnamed')),
    match: isolate(row.match ?? ''),
    channel: row.channel ? t(`packages:channel.${row.channel}`) : '',
  })
}

/** "Validity: without end (before: 365 days)" */
export function changeText(change: AuditChange, words: Words): string {
  const { t } = words
  const field = change.channel
    ? t('audit:field.priceOf', { channel: t(`packages:channel.${change.channel}`) })
    : t(`audit:field.${change.field}`)
  const after = valueText(change.after, words)
  if (!change.before) return t('audit:given', { field, after })
  return t('audit:change', { field, before: valueText(change.before, words), after })
}

function valueText(value: AuditValue, words: Words): string {
  const { t, number } = words
  switch (value.kind) {
    case 'text':
      return value.text === '' ? t('audit:value.noName') : isolate(value.text)
    case 'number':
      return number(value.number)
    case 'credits':
      return words.creditsPhrase(value.units)
    case 'days':
      return value.days === null
        ? t('audit:value.withoutEnd')
        : t('audit:value.days', { count: value.days, n: number(value.days) })
    case 'minutes':
      return value.minutes === 0
        ? t('audit:value.windowOff')
        : t('audit:value.window', { count: value.minutes, n: number(value.minutes) })
    case 'choice':
      return t(value.on ? 'audit:value.yes' : 'audit:value.no')
    case 'channels':
      return words.list(value.channels.map((channel) => t(`packages:channel.${channel}`)))
    case 'statuses':
      return value.statuses.length === 0 ? t('audit:value.noStatuses') : value.statuses.join(', ')
    case 'renewalTicket':
      return t(`audit:value.renewalTicket.${value.ticket}`)
    case 'role':
      return t(`audit:value.role.${value.role}`)
    case 'furtherOrder':
      return t(`packages:furtherOrder.${value.order}`)
    case 'price':
      return priceText(value, words)
    case 'none':
      return t('audit:value.shopPrice')
  }
}

function priceText(price: Extract<AuditValue, { kind: 'price' }>, words: Words): string {
  const { t } = words
  const credits = words.creditsPhrase(price.units)
  if (price.per === 'reply') return credits
  if (price.per === 'segment') return t('audit:value.segment', { credits })
  const n = words.number(price.step ?? 5)
  return price.free
    ? t('audit:value.minutesFree', { credits, n, free: words.duration(price.free) })
    : t('audit:value.minutes', { credits, n })
}
