import type { Words } from '../../words/words.ts'
import { isolate } from '../text.tsx'
import { clock, day } from '../time.ts'
import type { CustomerContextProps } from './side-props.ts'
import type { TicketPageProps } from './ticket-props.ts'

/** What the customer bought in the shop, also without support. What is old or in part is shown, and says so. */
export function ShopContext({ props, context }: { props: TicketPageProps; context: CustomerContextProps }) {
  const { words, timeZone } = props
  const { t } = words
  return (
    <div class="shop-context" {...(isAsking(context) && { 'data-pending': true })}>
      {context.orders > 0 && <Figures words={words} timeZone={timeZone} context={context} />}
      {context.orders === 0 && (
        <p class="quiet">{t(`desk:inShop.none.${isSure(context) ? 'sure' : 'unsure'}`)}</p>
      )}
      {context.otherEmails.length > 0 && (
        <div>
          <h3 class="small quiet">{t('desk:inShop.otherEmails')}</h3>
          <ul class="emails">
            {context.otherEmails.map((email) => (
              <li>
                <bdi>{email}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      {context.latest.length > 0 && <Latest words={words} timeZone={timeZone} context={context} />}
      <State props={props} context={context} />
    </div>
  )
}

/** Of the latest: what an agent takes in at a glance; the shop has the rest. */
const shownOrders = 5

interface Part {
  words: Words
  timeZone: string
  context: CustomerContextProps
}

function Figures({ words, timeZone, context }: Part) {
  const { t } = words
  const count = words.number(context.orders)
  const country = countryName(words, context.country)
  return (
    <dl>
      <div>
        <dt>{t('desk:inShop.orders')}</dt>
        <dd class="num">{context.complete ? count : t('desk:inShop.atLeast', { n: count })}</dd>
      </div>
      {context.spent.map(({ currency, amount }, index) => (
        <div>
          <dt>
            <span class={index === 0 ? '' : 'vh'}>{t('desk:inShop.spent')}</span>
          </dt>
          <dd class="num">
            <b>{words.money(amount, currency)}</b>
          </dd>
        </div>
      ))}
      {context.firstOrderAt && (
        <div>
          <dt>{t(context.complete ? 'desk:inShop.first' : 'desk:inShop.firstCounted')}</dt>
          <dd class="num">{day(words, context.firstOrderAt, timeZone)}</dd>
        </div>
      )}
      {context.lastOrderAt && context.orders > 1 && (
        <div>
          <dt>{t('desk:inShop.last')}</dt>
          <dd class="num">{day(words, context.lastOrderAt, timeZone)}</dd>
        </div>
      )}
      {country !== undefined && (
        <div>
          <dt>{t('desk:inShop.country')}</dt>
          <dd>{country}</dd>
        </div>
      )}
    </dl>
  )
}

function Latest({ words, timeZone, context }: Part) {
  const { t } = words
  return (
    <div>
      <h3 class="small quiet">{t('desk:inShop.latest')}</h3>
      <ul class="latest">
        {context.latest.slice(0, shownOrders).map((order) => {
          const number = `#${order.number}`
          return (
            <li>
              {order.href === undefined ? (
                <bdi class="num">{number}</bdi>
              ) : (
                <a class="link num" href={order.href} target="_blank" rel="noopener noreferrer">
                  <bdi>{number}</bdi>
                  <span class="vh"> {t('desk:inShop.opens')}</span>
                </a>
              )}
              <span class="num total">{words.money(order.total, order.currency)}</span>
              <span class="small quiet num">{day(words, order.at, timeZone)}</span>
              <span class="small quiet status">{statusName(words, order.status)}</span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function State({ props, context }: { props: TicketPageProps; context: CustomerContextProps }) {
  const { words, now, timeZone } = props
  const { t } = words
  const { state } = context
  const at = (when: Date) => clock(words, when, now, timeZone)
  switch (state.kind) {
    case 'unasked':
      return <p class="small quiet as-of">{t('desk:inShop.unasked')}</p>
    case 'asking':
      return (
        <p class="small quiet as-of" role="status">
          {t('desk:inShop.asking')}
        </p>
      )
    case 'asOf':
      return (
        <p class="small quiet as-of num">
          {t(state.asking ? 'desk:inShop.asOfAsking' : 'desk:inShop.asOf', { at: at(state.asOf) })}
        </p>
      )
    case 'failed':
      return (
        <div class="as-of">
          <p class="small warn">{t('desk:inShop.failed', { reason: isolate(state.reason) })}</p>
          {state.asOf && <p class="small quiet num">{t('desk:inShop.asOf', { at: at(state.asOf) })}</p>}
        </div>
      )
  }
}

function isAsking({ state }: CustomerContextProps): boolean {
  return state.kind === 'asking' || (state.kind === 'asOf' && state.asking)
}

/** Whether the shop itself said so. */
function isSure({ state }: CustomerContextProps): boolean {
  return state.kind === 'asOf' || (state.kind === 'failed' && state.asOf !== undefined)
}

const plainStatuses = [
  'pending',
  'processing',
  'on-hold',
  'completed',
  'cancelled',
  'refunded',
  'failed',
  'trash',
]

/** A status of the shop's own is named as the shop writes it. */
function statusName({ t }: Words, status: string): string {
  return plainStatuses.includes(status) ? t(`desk:inShop.status.${status}`) : status
}

function countryName(words: Words, country: string): string | undefined {
  if (!/^[A-Z]{2}$/.test(country)) return undefined
  return new Intl.DisplayNames([words.locale], { type: 'region', fallback: 'code' }).of(country)
}
