import { CsrfField, Mark, renderDocument } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { stopwatch } from '../time.ts'
import type { SessionPageProps } from './props.ts'

/** The meeting's room for either side: who is here, the time together, what it costs. A whole document. */
export function renderSessionPage(props: SessionPageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('session:title', { number: props.ticketNumber }),
    page: 'room-page',
    scripts: ['session', 'forms'],
    children: (
      <main class="room" id="main">
        <header>
          <Mark name={props.shopName} />
          <a class="small quiet back" href={props.backHref}>
            {t(props.side === 'agent' ? 'session:backToTicket' : 'session:backToPortal')}
          </a>
        </header>
        <Room props={props} />
        <p class="small quiet honest">{t('session:honest')}</p>
      </main>
    ),
  })
}

function Room({ props }: { props: SessionPageProps }) {
  const { words, session } = props
  const { t } = words
  const both = session.agentPresent && session.customerPresent
  const mood = session.state === 'open' ? (both ? 'together' : 'waiting') : session.state
  const other = isolate(props.otherName || t('desk:noName'))
  return (
    <section
      class="card meeting"
      data-room
      data-mood={mood}
      data-side={props.side}
      data-socket={props.socketUrl}
      data-state={JSON.stringify(session)}
      data-lost={t('session:lost')}
      data-connecting={t('session:connecting')}
    >
      <p class="small quiet num subject">
        #{props.ticketNumber} · <bdi>{props.subject}</bdi>
      </p>
      <h1>
        <span class="when-waiting">{t(`session:waiting.${props.side}`, { other })}</span>
        <span class="when-together">{t('session:together', { other })}</span>
        <span class="when-ended">{t('session:ended')}</span>
        <span class="when-void">{t('session:void')}</span>
      </h1>
      <p class="quiet when-waiting">{t('session:waitingFree')}</p>
      <p class="quiet when-void">{t('session:voidText')}</p>
      <Presence props={props} />
      <p class="clock num" role="timer" aria-label={t('session:timeTogether')} data-clock>
        {stopwatch(words, session.togetherSeconds)}
      </p>
      <p class="small quiet">{t('session:timeTogether')}</p>
      <Figures props={props} />
      <p
        class="countdown warn num"
        role="status"
        hidden={session.remainingSeconds === null || session.state !== 'open'}
        data-countdown
        data-text={t('session:countdown', { time: '{n}' })}
      >
        {session.remainingSeconds !== null &&
          t('session:countdown', { time: stopwatch(words, session.remainingSeconds) })}
      </p>
      <p class="small quiet" role="status" data-connection>
        {session.state === 'open' ? t('session:needsScript') : ''}
      </p>
      <Leave props={props} />
    </section>
  )
}

function Presence({ props }: { props: SessionPageProps }) {
  const { words, session, side } = props
  const { t } = words
  const other = props.otherName || t('desk:noName')
  const otherHere = side === 'agent' ? session.customerPresent : session.agentPresent
  const meHere = side === 'agent' ? session.agentPresent : session.customerPresent
  const people = [
    { key: 'me', name: t('session:you'), here: meHere },
    { key: 'other', name: other, here: otherHere },
  ]
  return (
    <ul class="people when-open">
      {people.map((person) => (
        <li data-person={person.key} data-here={person.here ? 'yes' : 'no'}>
          <span class="dot" aria-hidden="true" /> <bdi>{person.name}</bdi>{' '}
          <span class="small quiet">
            <span class="is-here">{t('session:here')}</span>
            <span class="is-away">{t('session:away')}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

function Figures({ props }: { props: SessionPageProps }) {
  const { words, session, price } = props
  const { t } = words
  const charged = session.chargedUnits
  return (
    <dl class="figures">
      <div>
        <dt>{t('session:billed')}</dt>
        <dd class="num" data-billed>
          {stopwatch(words, session.billedSeconds)}
        </dd>
      </div>
      <div class="when-open">
        <dt>{t('session:held')}</dt>
        <dd class="num" data-held>
          {words.number(session.heldUnits / 100)}
        </dd>
      </div>
      <div class="when-over" data-charged-row hidden={charged === undefined}>
        <dt>{t('session:charged')}</dt>
        <dd class="num" data-charged>
          {charged === undefined ? '' : words.number(charged / 100)}
        </dd>
      </div>
      <div>
        <dt>{t('session:price')}</dt>
        <dd class="num">
          {t('session:priceText', {
            credits: words.creditsPhrase(price.units),
            minutes: words.number(price.stepMinutes),
          })}
          {price.freeSeconds > 0 && (
            <span class="small quiet">
              {t('session:freeSeconds', { duration: words.duration(price.freeSeconds) })}
            </span>
          )}
        </dd>
      </div>
    </dl>
  )
}

function Leave({ props }: { props: SessionPageProps }) {
  const { t } = props.words
  const back = props.side === 'agent' ? 'session:backToTicket' : 'session:backToPortal'
  return (
    <div class="cta">
      {props.endAction && (
        <form class="when-open" method="post" action={props.endAction} data-once>
          <CsrfField frame={props} />
          <button class="send" type="submit" data-busy={t('session:ending')}>
            {t('session:end')}
          </button>
        </form>
      )}
      {!props.endAction && (
        <a class="button when-open" href={props.backHref}>
          {t('session:leave')}
        </a>
      )}
      <a class="button first when-over" href={props.backHref}>
        {t(back)}
      </a>
    </div>
  )
}
