import { Files } from '../files.tsx'
import { CsrfField } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { initials, isolate, Prose, signed } from '../text.tsx'
import { clock } from '../time.ts'
import type { MessageProps } from './conversation-props.ts'

interface Props {
  message: MessageProps
  frame: PageFrame
  ticketId: string
}

/** One message: who, how, when, what became of it, what it cost. */
export function Message({ message, frame, ticketId }: Props) {
  const { words } = frame
  const { t } = words
  const ours = message.direction !== 'in'
  const author = message.author || t('desk:noName')
  return (
    <article class={`msg ${message.direction}`} id={`m-${message.id}`}>
      <span class={ours ? 'face a' : 'face'} aria-hidden="true">
        {initials(author)}
      </span>
      <header class="head">
        <b dir="auto">{author}</b>
        <span class="small quiet num">
          {message.direction === 'note' ? t('desk:by.noteOnly') : t(`desk:by.${message.channel}`)}
          {message.workMinutes !== undefined && ` · ${words.duration(message.workMinutes * 60)}`}
          {' · '}
          <time dateTime={message.at.toISOString()}>
            {clock(words, message.at, frame.now, frame.timeZone)}
          </time>
          {message.state && <State state={message.state} frame={frame} />}
        </span>
        {message.cost && <Cost cost={message.cost} frame={frame} />}
      </header>
      <div class="body">
        {message.body === '' ? (
          <p class="quiet">{t('desk:mail.noText')}</p>
        ) : (
          <Prose text={message.body} quotedLabel={t('desk:quoted')} />
        )}
        {message.quoted && (
          <details class="quoted">
            <summary>{t('desk:quoted')}</summary>
            <p dir="auto">{message.quoted}</p>
          </details>
        )}
        {message.files && <Files files={message.files} frame={frame} />}
        {message.htmlHref && <Formatted href={message.htmlHref} frame={frame} />}
      </div>
      {message.state === 'queued' && <Waits message={message} frame={frame} ticketId={ticketId} />}
      {message.tooLate && (
        <p class="outcome bad small" role="status">
          {t('desk:undo.tooLate')}
        </p>
      )}
      {message.state === 'failed' && (
        <p class="outcome bad small">
          {message.failure
            ? t('desk:failedWith', { reason: isolate(message.failure) })
            : t('desk:failedNoReason')}
        </p>
      )}
      {message.state === 'unknown' && <Resolve message={message} frame={frame} ticketId={ticketId} />}
    </article>
  )
}

/** Why it is not sent yet, when it is, and the way back. */
function Waits({ message, frame, ticketId }: Props) {
  const { words } = frame
  const { t } = words
  const due = message.due && (
    <time dateTime={message.due.toISOString()}>
      {message.failure
        ? t('desk:mail.nextTry', { at: clock(words, message.due, frame.now, frame.timeZone) })
        : t('desk:undo.soon')}
    </time>
  )
  const action = `/desk/tickets/${encodeURIComponent(ticketId)}/messages/${encodeURIComponent(message.id)}/undo`
  return (
    <div class="waits small">
      {message.failure && <span>{t('desk:mail.waits', { reason: isolate(message.failure) })}</span>}
      {due}
      {message.mayUndo && (
        <form method="post" action={action} data-once>
          <CsrfField frame={frame} />
          <button type="submit">{t('desk:undo.button')}</button>
        </form>
      )}
    </div>
  )
}

/** It was never sent: one line, so that the talk reads as the customer knows it. */
export function UndoneMessage({ message, frame }: Omit<Props, 'ticketId'>) {
  const { words } = frame
  return (
    <details class="automatic" id={`m-${message.id}`}>
      <summary>
        <span class="num">
          {words.t('desk:undo.line', { author: isolate(message.author || words.t('desk:noName')) })} ·{' '}
          {clock(words, message.at, frame.now, frame.timeZone)}
        </span>
      </summary>
      <div class="body">
        <Prose text={message.body} quotedLabel={words.t('desk:quoted')} />
      </div>
    </details>
  )
}

/** The frame is asked for only once it is unfolded. */
function Formatted({ href, frame }: { href: string; frame: PageFrame }) {
  const { t } = frame.words
  return (
    <details class="formatted">
      <summary>{t('desk:mail.formatted')}</summary>
      <iframe
        src={href}
        title={t('desk:mail.formatted')}
        loading="lazy"
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      />
      <p class="small quiet">
        <a class="link" href={href} target="_blank" rel="noopener">
          {t('desk:mail.ownTab')}
        </a>
      </p>
    </details>
  )
}

/** Welcome mails and receipts explain themselves but must not push the talk away: one line, open on demand. */
export function AutomaticMail({ message, frame }: Omit<Props, 'ticketId'>) {
  const { words } = frame
  return (
    <details class="automatic">
      <summary>
        <span class="num">
          {words.t('desk:automatic', { subject: isolate(message.subject ?? words.t('desk:automaticMail')) })}{' '}
          · {clock(words, message.at, frame.now, frame.timeZone)}
          {message.state && <State state={message.state} frame={frame} />}
        </span>
      </summary>
      <div class="body">
        <Prose text={message.body} quotedLabel={words.t('desk:quoted')} />
      </div>
    </details>
  )
}

function State({ state, frame }: { state: NonNullable<MessageProps['state']>; frame: PageFrame }) {
  const pending = state === 'queued' || state === 'sending'
  return (
    <span class={`state ${state}`} {...(pending ? { 'data-pending': '' } : {})}>
      {' · '}
      <span>{frame.words.t(`desk:messageState.${state}`)}</span>
    </span>
  )
}

function Cost({ cost, frame }: { cost: NonNullable<MessageProps['cost']>; frame: PageFrame }) {
  const { words } = frame
  if (cost.kind === 'waived') {
    return (
      <span class="cost num" {...(cost.reason ? { title: cost.reason } : {})}>
        {words.t('desk:cost.waived', { n: words.credits(cost.units) })}
      </span>
    )
  }
  if (cost.kind === 'reversed') {
    return (
      <span class="cost num">
        {words.t('desk:cost.reversed', { credits: words.creditsPhrase(cost.units) })}
      </span>
    )
  }
  if (cost.kind === 'included') return <span class="cost">{words.t('desk:cost.included')}</span>
  return <span class="cost num">{signed('−', words.creditsPhrase(cost.units), words.dir)}</span>
}

/** A send whose outcome nobody knows is never sent again by a machine; a person who can ask decides. */
function Resolve({ message, frame, ticketId }: Props) {
  const { t } = frame.words
  const action = `/desk/tickets/${encodeURIComponent(ticketId)}/messages/${encodeURIComponent(message.id)}/resolve`
  return (
    <form class="resolve" method="post" action={action}>
      <CsrfField frame={frame} />
      <p class="small">{t('desk:unknown.text')}</p>
      <button type="submit" name="outcome" value="arrived">
        {t('desk:unknown.arrived')}
      </button>
      <button type="submit" name="outcome" value="lost">
        {t('desk:unknown.lost')}
      </button>
    </form>
  )
}
