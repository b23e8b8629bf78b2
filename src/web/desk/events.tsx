import type { PageFrame } from '../props.ts'
import { isolate, signed } from '../text.tsx'
import { clock } from '../time.ts'
import type { EventProps } from './conversation-props.ts'

type SessionBilled = Extract<EventProps, { kind: 'session_billed' }>

/** Events of one moment (an order that opens a ticket and brings credits) make one line, not three. */
export function EventLine({ events, frame }: { events: EventProps[]; frame: PageFrame }) {
  const last = events[events.length - 1]
  if (!last) return null
  const needsPerson = events.some(({ kind }) =>
    ['amount_refund_flagged', 'needs_contact', 'mail_bounced', 'mail_held'].includes(kind),
  )
  const texts = events.map((event) => eventText(event, frame))
  return (
    <p class={needsPerson ? 'event needs' : 'event'}>
      <span class="num">
        {texts.join(' · ')} ·{' '}
        <time dateTime={last.at.toISOString()}>{clock(frame.words, last.at, frame.now, frame.timeZone)}</time>
      </span>
    </p>
  )
}

/** A meeting stands out among the lines: it is the dearest thing on a ticket. */
export function CallCard({ event, frame }: { event: SessionBilled; frame: PageFrame }) {
  const { words } = frame
  const { actualSeconds, billedSeconds, units, agent } = event.data
  return (
    <div class="call">
      <span class="face a" aria-hidden="true">
        ▶
      </span>
      <div>
        <b>
          {agent
            ? words.t('desk:event.sessionWith', { agent: isolate(agent) })
            : words.t('desk:event.session')}
        </b>
        <span class="small quiet num">
          {words.t('desk:event.session_billed', {
            actual: words.duration(actualSeconds),
            billed: words.duration(billedSeconds),
          })}{' '}
          · {clock(words, event.at, frame.now, frame.timeZone)}
        </span>
      </div>
      <span class="cost num">{signed('−', words.creditsPhrase(units), words.dir)}</span>
    </div>
  )
}

function eventText(event: EventProps, frame: PageFrame): string {
  const { words } = frame
  const { t } = words
  switch (event.kind) {
    case 'ticket_opened':
      return event.data.order
        ? t('desk:event.ticket_opened_order', { order: event.data.order })
        : t('desk:event.ticket_opened')
    case 'grant':
      return t('desk:event.grant', {
        package: isolate(event.data.packageName),
        quantity: words.number(event.data.quantity ?? 1),
        credits: words.creditsPhrase(event.data.units),
        count: Number(event.data.units) / 100,
      })
    case 'restore':
      return t('desk:event.restore', { credits: words.creditsPhrase(event.data.units) })
    case 'revoke':
      return event.data.order
        ? t(event.data.refunded ? 'desk:event.revoke_refunded' : 'desk:event.revoke_order', {
            order: event.data.order,
            credits: words.creditsPhrase(event.data.units),
          })
        : t('desk:event.revoke', { credits: words.creditsPhrase(event.data.units) })
    case 'order_added':
    case 'order_cancelled':
    case 'order_trashed':
    case 'order_restored':
      return t(`desk:event.${event.kind}`, { order: event.data.order })
    case 'amount_refund_flagged':
      return t('desk:event.amount_refund_flagged', {
        order: event.data.order,
        amount: words.money(event.data.amount, event.data.currency),
      })
    case 'session_started':
      return event.data.agent
        ? t('desk:event.session_started_by', { agent: isolate(event.data.agent) })
        : t('desk:event.session_started')
    case 'session_billed':
      return t('desk:event.session_billed', {
        actual: words.duration(event.data.actualSeconds),
        billed: words.duration(event.data.billedSeconds),
      })
    case 'session_void':
      return t('desk:event.session_void')
    case 'work_asked':
    case 'work_agreed':
    case 'work_declined':
    case 'work_withdrawn':
      return t(`desk:event.${event.kind}`, {
        by: isolate(event.data.by),
        duration: words.duration(event.data.minutes * 60),
        credits: words.creditsPhrase(event.data.units),
      })
    case 'reversed':
      return t('desk:event.reversed', {
        credits: words.creditsPhrase(event.data.units),
        reason: event.data.reasonCode
          ? t(`supervise:reason.${event.data.reasonCode}`)
          : event.data.reason === 'undone'
            ? t('desk:undo.reason')
            : isolate(event.data.reason),
      })
    case 'expired':
      return t('desk:event.expired', {
        credits: words.creditsPhrase(event.data.units),
        package: isolate(event.data.packageName),
      })
    case 'customer_merged':
      return t('desk:event.customer_merged', { from: isolate(event.data.from), to: isolate(event.data.to) })
    case 'mail_bounced':
    case 'mail_delayed':
      return t(`desk:event.${event.kind}`, {
        to: isolate(event.data.to),
        reason: isolate(event.data.reason),
      })
    case 'mail_held':
      return t('desk:event.mail_held', { from: isolate(event.data.from) })
    case 'auto_reply':
      return t('desk:event.auto_reply', {
        from: isolate(event.data.from),
        subject: isolate(event.data.subject),
      })
    case 'contact_changed':
      return t('desk:event.contact_changed', { to: isolate(event.data.to) })
    case 'needs_contact':
      return t('desk:event.needs_contact')
    case 'assigned':
      return event.data.by === event.data.to
        ? t('list:event.taken', { by: isolate(event.data.by) })
        : t('list:event.assigned', { by: isolate(event.data.by), to: isolate(event.data.to) })
    case 'unassigned':
    case 'snoozed':
    case 'woken':
    case 'woke':
    case 'closed':
    case 'reopened':
    case 'spam':
    case 'not_spam':
    case 'merged':
    case 'merged_away':
    case 'undone':
      return t(`list:event.${event.kind}`, {
        by: isolate(event.data.by),
        subject: isolate(event.data.subject),
        number: event.data.number ?? 0,
        until: event.data.until ? clock(words, event.data.until, frame.now, frame.timeZone) : '',
      })
  }
}
