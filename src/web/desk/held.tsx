import { CsrfField } from '../layout.tsx'
import { isolate, Prose } from '../text.tsx'
import { clock } from '../time.ts'
import type { TicketPageProps } from './ticket-props.ts'

/** Answers that came by mail in an agent's name and were not believed or could not be done: a person decides. */
export function HeldMails({ props }: { props: TicketPageProps }) {
  const { words } = props
  const { t } = words
  const base = `/desk/tickets/${encodeURIComponent(props.ticket.id)}/held`
  return (
    <section class="held" aria-label={t('desk:held.title')} id="held">
      {props.held.map((mail) => (
        <article>
          <h2>{t('desk:held.title')}</h2>
          <p class="small quiet">
            {t('desk:held.from', { agent: isolate(mail.agent), sender: isolate(mail.sender) })} ·{' '}
            <time dateTime={mail.at.toISOString()}>{clock(words, mail.at, props.now, props.timeZone)}</time>
          </p>
          <p class="small">
            {t(`desk:held.why.${mail.why}`)} <span class="quiet">{isolate(mail.detail)}</span>
          </p>
          <div class="body">
            <Prose text={mail.text} quotedLabel={t('desk:quoted')} />
          </div>
          {mail.refused && (
            <p class="banner" role="alert">
              {t('desk:held.notSent', { reason: isolate(mail.refused) })}
            </p>
          )}
          <form method="post" action={`${base}/${encodeURIComponent(mail.id)}`} data-once>
            <CsrfField frame={props} />
            <button type="submit" name="decision" value="sent" class="button first">
              {t('desk:held.send')}
            </button>
            <button type="submit" name="decision" value="discarded" class="button">
              {t('desk:held.discard')}
            </button>
          </form>
        </article>
      ))}
    </section>
  )
}
