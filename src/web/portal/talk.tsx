import { Files } from '../files.tsx'
import { CsrfField } from '../layout.tsx'
import { ChooseFiles, limitWords, PendingFiles } from '../pending-files.tsx'
import { initials, Prose } from '../text.tsx'
import { clock } from '../time.ts'
import { workText } from './offer-parts.tsx'
import type { PortalMessage, PortalProps } from './props.ts'
import { StateTag } from './state-tag.tsx'

type Ticket = NonNullable<PortalProps['ticket']>

/** The conversation and the customer's answer, which is always free and says so. */
export function Talk({ props, ticket }: { props: PortalProps; ticket: Ticket }) {
  const { t } = props.words
  return (
    <section class="card talk">
      <header>
        <h2 dir="auto">{ticket.subject}</h2>
        <StateTag state={ticket.state} label={t(`portal:state.${ticket.state}`)} />
        <span class="small quiet num">#{ticket.number}</span>
      </header>
      <div class="talk-messages">
        {ticket.messages.length === 0 && <p class="quiet">{t('portal:noMessages')}</p>}
        {ticket.messages.map((message) => (
          <Said message={message} props={props} />
        ))}
      </div>
      <form
        class="reply"
        id="reply"
        method="post"
        action={ticket.replyAction}
        encType="multipart/form-data"
        data-once
      >
        {/* What Enter in a field presses: the first button of a form, which must not be one that does something else. */}
        <button type="submit" hidden />
        <CsrfField frame={props} />
        <input type="hidden" name="idempotencyKey" value={ticket.idempotencyKey} />
        {ticket.received && (
          <p class="banner good" role="status">
            {t('portal:received')}
          </p>
        )}
        {ticket.error && (
          <p class="banner" role="alert">
            {t(`portal:error.${ticket.error}`, limitWords(ticket.limits, props))}
          </p>
        )}
        <textarea
          name="body"
          rows={3}
          maxLength={50_000}
          dir="auto"
          aria-label={t('portal:replyLabel')}
          placeholder={t('portal:replyPlaceholder')}
        >
          {ticket.draft ?? ''}
        </textarea>
        <PendingFiles
          files={ticket.files}
          label={t('portal:files')}
          limits={ticket.limits}
          action={ticket.filesAction}
          frame={props}
        />
        <div class="reply-foot">
          <ChooseFiles limits={ticket.limits} action={ticket.filesAction} frame={props} />
          <span class="small quiet">{t('portal:replyFree')}</span>
          <button class="send" type="submit" data-busy={t('portal:sending')}>
            {t('portal:send')}
          </button>
        </div>
      </form>
    </section>
  )
}

function Said({ message, props }: { message: PortalMessage; props: PortalProps }) {
  const { words } = props
  const theirs = message.mine || message.colleague
  return (
    <article class={theirs ? 'msg in' : 'msg out'}>
      <span class={theirs ? 'face' : 'face a'} aria-hidden="true">
        {initials(message.author)}
      </span>
      <header class="head">
        <b dir="auto">{message.mine ? words.t('portal:you') : message.author}</b>
        <span class="small quiet num">
          {words.t(`desk:by.${message.channel}`)} ·{' '}
          <time dateTime={message.at.toISOString()}>
            {clock(words, message.at, props.now, props.timeZone)}
          </time>
          {message.work && ` · ${workText(message.work, words)}`}
        </span>
      </header>
      <div class="body">
        <Prose text={message.body} quotedLabel={words.t('desk:quoted')} />
        {message.files && <Files files={message.files} frame={props} save />}
      </div>
    </article>
  )
}
