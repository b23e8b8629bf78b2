import { BalanceFigures, GrantList } from '../credits/balance.tsx'
import { Mark, renderDocument } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { clock } from '../time.ts'
import { OfferButtons, OfferTerms } from './offer-parts.tsx'
import type { PortalProps } from './props.ts'
import { Spent } from './spent.tsx'
import { StateTag } from './state-tag.tsx'
import { Talk } from './talk.tsx'

/** Units. The line that a shop draws is for its agents' lists; customers see amber when an answer or two are left. */
const lowForCustomers = 200n

/** /portal/:token: what the customer has left, what it went for, and the talk. A whole document, phone first. */
export function renderPortalPage(props: PortalProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('portal:title'),
    page: 'portal-page',
    scripts: ['portal'],
    children: (
      <main
        class="portal"
        id="main"
        data-csrf={props.csrf}
        data-clock-action={props.clock.action}
        data-clock-known={props.clock.known}
      >
        <header>
          <Mark name={props.shopName} />
          <span class="quiet small">
            <bdi>{props.customerName}</bdi>
            {props.accountName && <> · {t('portal:accountOf', { account: isolate(props.accountName) })}</>}
          </span>
        </header>
        <h1 class="vh">{t('portal:title')}</h1>
        {props.session && (
          <section class="card join">
            <p>
              <b>{t('portal:session.open', { agent: isolate(props.session.agent) })}</b>
              <span class="small quiet">{t('portal:session.free')}</span>
            </p>
            <a class="button first" href={props.session.href}>
              {t('portal:session.join')}
            </a>
          </section>
        )}
        {props.offers.length > 0 && <Offers props={props} />}
        <Balance props={props} />
        {props.ticket ? <Talk props={props} ticket={props.ticket} /> : <NoTicket props={props} />}
        {props.others.length > 0 && <Others props={props} />}
        {props.statementHref && <Spent props={props} statementHref={props.statementHref} />}
        {props.peopleHref && <People href={props.peopleHref} props={props} />}
      </main>
    ),
  })
}

function Balance({ props }: { props: PortalProps }) {
  const { t } = props.words
  return (
    <section class="card balance">
      <h2>{t('portal:balance')}</h2>
      <BalanceFigures balance={props.balance} lowBelow={lowForCustomers} words={props.words} />
      <GrantList grants={props.grants} words={props.words} timeZone={props.timeZone} />
      {(props.ticket || props.buyHref) && (
        <div class="cta">
          {props.ticket && (
            <a class={props.session ? 'button' : 'button first'} href="#reply">
              {t('portal:write')}
            </a>
          )}
          {props.buyHref && (
            <a class="button" href={props.buyHref}>
              {t('portal:buy')}
            </a>
          )}
        </div>
      )}
    </section>
  )
}

function Offers({ props }: { props: PortalProps }) {
  return (
    <section class="card offer" id="offers">
      <h2>{props.words.t('portal:offer.title')}</h2>
      {props.offers.map((offer) => (
        <>
          <OfferTerms offer={offer} frame={props} />
          <OfferButtons action={offer.action} frame={{ ...props, csrf: offer.csrf }} />
        </>
      ))}
    </section>
  )
}

function People({ href, props }: { href: string; props: PortalProps }) {
  const { t } = props.words
  return (
    <section class="card">
      <h2>{t('people:title')}</h2>
      <p class="quiet">{t('people:intro')}</p>
      <p class="small to-statement">
        <a class="link" href={href}>
          {t('people:manage')}
        </a>
      </p>
    </section>
  )
}

function NoTicket({ props }: { props: PortalProps }) {
  return (
    <section class="card">
      <h2>{props.words.t('portal:talk')}</h2>
      <p class="quiet">{props.words.t('portal:noTicket')}</p>
    </section>
  )
}

function Others({ props }: { props: PortalProps }) {
  const { words } = props
  return (
    <section class="card">
      <h2>{words.t('portal:others')}</h2>
      <ul class="lines">
        {props.others.map((ticket) => (
          <li>
            <a href={ticket.href} dir="auto">
              <b>{ticket.subject}</b>
            </a>
            <StateTag state={ticket.state} label={words.t(`portal:state.${ticket.state}`)} />
            <span class="small quiet num">
              #{ticket.number} · {clock(words, ticket.at, props.now, props.timeZone)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
