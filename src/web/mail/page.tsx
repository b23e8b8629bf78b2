import type { DeskFrame } from '../desk/props.ts'
import { Rail } from '../desk/rail.tsx'
import { CsrfField, renderDocument } from '../layout.tsx'
import { clock } from '../time.ts'

export interface MailPageProps extends DeskFrame {
  /** What nobody needs to look at, instead of what waits. */
  ignored: boolean
  /** Whether mail comes in here at all. */
  takesMail: boolean
  mails: MailRow[]
  olderHref?: string
}

export interface MailRow {
  id: string
  state: 'held' | 'failed' | 'ignored'
  verdict: string
  reason: string
  sender: string
  subject: string
  at: Date
  /** Whether its raw bytes are still there. */
  kept: boolean
}

/** /desk/mail as a whole document: incoming mail that became no message. */
export function renderMailPage(props: MailPageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('mailbox:title'),
    page: 'desk setup-page',
    children: (
      <div class="panes">
        <Rail frame={props} page="mail" />
        <main class="setup" id="main">
          <header>
            <h1>{t('mailbox:title')}</h1>
            <p class="quiet">{t('mailbox:what')}</p>
          </header>
          <nav class="about" aria-label={t('mailbox:views.label')}>
            <a href="/desk/mail" {...(props.ignored ? {} : { 'aria-current': 'page' as const })}>
              {t('mailbox:views.waiting')}
            </a>
            <a href="/desk/mail?view=ignored" {...(props.ignored ? { 'aria-current': 'page' as const } : {})}>
              {t('mailbox:views.ignored')}
            </a>
          </nav>
          {props.mails.length > 0 ? <Mails props={props} /> : <Nothing props={props} />}
        </main>
      </div>
    ),
  })
}

function Mails({ props }: { props: MailPageProps }) {
  const { t } = props.words
  return (
    <section>
      <ol class="card log mails">
        {props.mails.map((mail) => (
          <Mail mail={mail} props={props} />
        ))}
      </ol>
      {props.olderHref && (
        <p class="small more">
          <a class="button" rel="next" href={props.olderHref}>
            {t('mailbox:older')}
          </a>
        </p>
      )}
    </section>
  )
}

function Mail({ mail, props }: { mail: MailRow; props: MailPageProps }) {
  const { words } = props
  const { t } = words
  const base = `/desk/mail/${encodeURIComponent(mail.id)}`
  const admits = mail.state !== 'ignored' && mail.kept && ['no_package', 'nowhere'].includes(mail.verdict)
  return (
    <li id={`mail-${mail.id}`}>
      <p>
        <b dir="auto">{mail.subject || t('mailbox:noSubject')}</b>
      </p>
      <time class="small quiet num" dateTime={mail.at.toISOString()}>
        {clock(words, mail.at, props.now, props.timeZone)}
      </time>
      <p class="small">
        <bdi>{mail.sender || t('mailbox:noSender')}</bdi> · {t(`mailbox:verdict.${mail.verdict}`)}
      </p>
      {mail.reason !== '' && (
        <p class="small quiet" dir="auto">
          {mail.reason}
        </p>
      )}
      <form class="acts small" method="post" action={base}>
        <CsrfField frame={props} />
        {admits && (
          <button type="submit" name="decision" value="ticket" class="button">
            {t('mailbox:ticket')}
          </button>
        )}
        {mail.state !== 'ignored' && (
          <button type="submit" name="decision" value="dismiss" class="plain">
            {t('mailbox:dismiss')}
          </button>
        )}
        {mail.kept && (
          <a class="link" href={`${base}/raw`} download>
            {t('mailbox:raw')}
          </a>
        )}
      </form>
    </li>
  )
}

function Nothing({ props }: { props: MailPageProps }) {
  const { t } = props.words
  const which = props.takesMail ? (props.ignored ? 'ignored' : 'waiting') : 'off'
  return (
    <div class="empty">
      <p>{t(`mailbox:empty.${which}.title`)}</p>
      <p class="quiet">{t(`mailbox:empty.${which}.text`)}</p>
    </div>
  )
}
