import type { ComponentChildren } from 'preact'
import { BalanceFigures, GrantList } from '../credits/balance.tsx'
import { Meter } from '../credits/meter.tsx'
import { BalancePill } from '../credits/pill.tsx'
import { CsrfField } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import { ago, clock, hoursPhrase, stopwatch } from '../time.ts'
import { AskedOffers } from './asked.tsx'
import { CreditsPanel } from './credits-panel.tsx'
import { ShopContext } from './shop-context.tsx'
import type { ReviewFlag } from './side-props.ts'
import type { TicketPageProps } from './ticket-props.ts'

/**
 * Balance, tally, customer, orders. One element for every width: on wide screens CSS lays it open at the side; on a
 * phone its summary is the compact meter on top and a tap opens the rest.
 */
export function Side({ props }: { props: TicketPageProps }) {
  const { words, balance } = props
  const { t } = words
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by itself on wide screens, so the keyboard must come to it
    <details class="side" id="side" tabIndex={0}>
      <summary>
        <BalancePill available={balance.available} lowBelow={props.lowBalance} words={words} />
        <Meter balance={balance} words={words} />
        <span class="small more">{t('desk:side.open')}</span>
      </summary>
      <div class="cards">
        {props.flags.length > 0 && <Flags props={props} />}
        <Card title={t('desk:side.balance')}>
          <BalanceFigures balance={balance} lowBelow={props.lowBalance} words={words} />
          <GrantList grants={props.grants} words={words} timeZone={props.timeZone} />
          <Tally props={props} />
          <p class="small to-statement">
            <a class="link" href={props.statementHref}>
              {t('statement:link')}
            </a>
          </p>
          {props.supervision && <CreditsPanel props={props} given={props.supervision} />}
        </Card>
        {props.asked.length > 0 && (
          <Card title={t('desk:work.asked')}>
            <AskedOffers props={props} />
          </Card>
        )}
        <CustomerCard props={props} />
        {props.context && (
          <Card title={t('desk:inShop.title')}>
            <ShopContext props={props} context={props.context} />
          </Card>
        )}
        {props.earlier.length > 0 && <Earlier props={props} />}
      </div>
    </details>
  )
}

function Card({ title, tone, children }: { title: string; tone?: string; children: ComponentChildren }) {
  return (
    <section class={tone ? `card ${tone}` : 'card'}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Tally({ props }: { props: TicketPageProps }) {
  const { words, tally } = props
  const { t } = words
  const counts: [string, string][] = [
    [words.number(tally.email), t('desk:tally.email', { count: tally.email })],
    [words.number(tally.sms), t('desk:tally.sms', { count: tally.sms })],
    [words.number(tally.portal), t('desk:tally.portal', { count: tally.portal })],
    [stopwatch(words, tally.videoSeconds), t('desk:tally.video')],
  ]
  if (tally.workMinutes > 0) counts.push([stopwatch(words, tally.workMinutes * 60), t('desk:tally.work')])
  return (
    <dl class="counts">
      {counts.map(([figure, label]) => (
        <div>
          <dt class="small quiet">{label}</dt>
          <dd class="num">{figure}</dd>
        </div>
      ))}
    </dl>
  )
}

function CustomerCard({ props }: { props: TicketPageProps }) {
  const { customer, words } = props
  const { t } = words
  const reachable = customer.emails.length + customer.phones.length > 0
  return (
    <Card title={t('desk:side.customer')} {...(reachable ? {} : { tone: 'amber' })}>
      <p class="name">
        <b dir="auto">{customer.name || t('desk:noName')}</b>
        {customer.language && <span class="quiet"> · {customer.language}</span>}
      </p>
      {customer.there && <There there={customer.there} frame={props} />}
      <dl>
        {customer.emails.map((email) => (
          <div>
            <dt>{t('desk:side.email')}</dt>
            <dd title={email}>
              <bdi>{email}</bdi>
            </dd>
          </div>
        ))}
        {customer.phones.map((phone) => (
          <div>
            <dt>{t('desk:side.phone')}</dt>
            <dd class="num">
              <bdi dir="ltr">{phone}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {!reachable && <p class="warn">{t('desk:side.needsContact')}</p>}
      {props.people && props.people.length > 0 && <People props={props} people={props.people} />}
      {props.peopleHref && (
        <p class="small to-statement">
          <a class="link" href={props.peopleHref}>
            {t('people:link')}
          </a>
        </p>
      )}
    </Card>
  )
}

/** "14:05 there (2 hours ahead)"; the script lets the clock go on. */
function There({ there, frame }: { there: { zone: string; aheadMinutes: number }; frame: PageFrame }) {
  const { words, now } = frame
  const { t } = words
  const time = clock(words, now, now, there.zone)
  const hours = hoursPhrase(words, Math.abs(there.aheadMinutes) / 60)
  const way = there.aheadMinutes > 0 ? 'ahead' : there.aheadMinutes < 0 ? 'behind' : 'same'
  return (
    <p class="there small quiet num" data-clock={there.zone} title={there.zone}>
      <time>{time}</time> {t(`desk:there.${way}`, { hours })}
    </p>
  )
}

/** Who else may write, who asks now, and what each used this month. */
function People({
  props,
  people,
}: {
  props: TicketPageProps
  people: NonNullable<TicketPageProps['people']>
}) {
  const { t, credits } = props.words
  return (
    <div class="people-of">
      <h3 class="small quiet">{t('people:month')}</h3>
      <dl>
        {people.map((person) => (
          <div>
            <dt title={person.name}>
              <bdi>{person.name}</bdi>
              {person.owner && ` · ${t('people:isOwner')}`}
              {person.asks && ` · ${t('people:asks')}`}
            </dt>
            <dd class="num">{credits(person.monthUnits)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function Earlier({ props }: { props: TicketPageProps }) {
  const { words } = props
  return (
    <Card title={words.t('desk:side.earlier')}>
      <ul class="earlier">
        {props.earlier.map((ticket) => (
          <li>
            <a href={`/desk/tickets/${encodeURIComponent(ticket.id)}#newest`}>
              <span dir="auto">{ticket.subject}</span>
              <span class="small quiet num">
                #{ticket.number} · {words.t(`desk:state.${ticket.state}`)} ·{' '}
                {ago(words, ticket.at, props.now, props.timeZone)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Flags({ props }: { props: TicketPageProps }) {
  return (
    <Card title={props.words.t('desk:flag.title')} tone="amber">
      <ul class="flags">
        {props.flags.map((flag) => (
          <li dir="auto">
            {flagText(flag, props)}
            {flag.id && props.supervision && (
              <ReviewAnswer id={flag.id} action={props.supervision.action} props={props} />
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function ReviewAnswer({ id, action, props }: { id: string; action: string; props: TicketPageProps }) {
  const { t } = props.words
  return (
    <form class="answers" method="post" action={action}>
      <CsrfField frame={props} />
      <input type="hidden" name="act" value="review" />
      <input type="hidden" name="reviewId" value={id} />
      <button type="submit" name="decision" value="accept">
        {t('supervise:review.accept')}
      </button>
      <button class="plain" type="submit" name="decision" value="dismiss">
        {t('supervise:review.dismiss')}
      </button>
    </form>
  )
}

function flagText(flag: ReviewFlag, { words }: TicketPageProps): string {
  const { t } = words
  switch (flag.kind) {
    case 'amount_refund': {
      const text = t('desk:flag.amount_refund', {
        order: flag.order,
        amount: words.money(flag.amount, flag.currency),
      })
      return flag.proposal === undefined
        ? text
        : `${text} ${t('desk:flag.proposal', { credits: words.creditsPhrase(flag.proposal) })}`
    }
    case 'contact_changed':
      return t('desk:flag.contact_changed', { order: flag.order, to: isolate(flag.to) })
    case 'subscription_change':
      return t('desk:flag.subscription_change', {
        order: flag.order,
        credits: words.creditsPhrase(flag.proposal),
      })
    case 'deficit':
      return t('desk:flag.deficit', { credits: words.creditsPhrase(flag.units) })
    case 'other':
      return flag.text
    default:
      return t(`desk:flag.${flag.kind}`, { order: flag.order })
  }
}
