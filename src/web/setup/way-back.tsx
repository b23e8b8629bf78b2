import type { DeskFrame } from '../desk/props.ts'
import { CsrfField } from '../layout.tsx'
import { isolate } from '../text.tsx'

/** How the last test of the way back went. */
export type RoundProps = { address: string; sentAt: Date } & (
  | { kind: 'waiting' | 'lost' }
  | { kind: 'refused'; reason: string }
  | { kind: 'back'; seconds: number; door: 'imap' | 'smtp' }
)

/** Whether the mailbox is being read. */
export type MailboxProps =
  | { kind: 'never' }
  | { kind: 'read' | 'late'; at: Date }
  | { kind: 'problem'; since: Date; reason: string }

interface WayBackProps extends DeskFrame {
  testsWayBack: boolean
  lastMail?: { at: Date; door: string }
  round?: RoundProps
  mailbox?: MailboxProps
  test?: { channel: string; kind: string }
}

/** Whether mail to the shop's own address comes in: the last one, and a test that waits for itself. */
export function WayBack({ props }: { props: WayBackProps }) {
  const { t, dateTime } = props.words
  const { lastMail, round } = props
  return (
    <>
      <div id="way-back" data-fresh="/desk/setup/channels" role="status">
        {props.mailbox && <Mailbox mailbox={props.mailbox} props={props} />}
        <p>
          {lastMail
            ? t('channels:round.last', { at: dateTime(lastMail.at, props.timeZone) })
            : t('channels:round.noneYet')}
        </p>
        {round && <Round round={round} props={props} />}
      </div>
      {props.test?.channel === 'mailIn' && (
        <p class="banner" role="alert">
          {t('channels:outcome.tries')}
        </p>
      )}
      {props.testsWayBack && (
        <form method="post" action="/desk/setup/channels/mail-in/test" data-once>
          <CsrfField frame={props} />
          <p class="quiet">{t('channels:round.what')}</p>
          <button type="submit" class="button">
            {t('channels:round.send')}
          </button>
        </form>
      )}
    </>
  )
}

function Mailbox({ mailbox, props }: { mailbox: MailboxProps; props: WayBackProps }) {
  const { t, dateTime } = props.words
  const when = (at: Date) => dateTime(at, props.timeZone)
  if (mailbox.kind === 'never') return <p class="banner">{t('channels:mailbox.never')}</p>
  if (mailbox.kind === 'problem') {
    return (
      <p class="banner">
        {t('channels:mailbox.problem', { at: when(mailbox.since) })} <bdi>{mailbox.reason}</bdi>
      </p>
    )
  }
  return (
    <p {...(mailbox.kind === 'late' && { class: 'banner' })}>
      {t(`channels:mailbox.${mailbox.kind}`, { at: when(mailbox.at) })}
    </p>
  )
}

function Round({ round, props }: { round: RoundProps; props: WayBackProps }) {
  const { t, dateTime, duration } = props.words
  const values = { address: isolate(round.address), at: dateTime(round.sentAt, props.timeZone) }
  if (round.kind === 'back') {
    return (
      <p class="banner good">
        {t(`channels:round.back.${round.door}`, { ...values, time: duration(Math.max(1, round.seconds)) })}
      </p>
    )
  }
  if (round.kind === 'waiting') {
    return (
      <p class="progress" data-pending>
        {t('channels:round.waiting', values)}
        <progress aria-label={t('channels:round.waitingLabel')} />
        <a class="link small" href="/desk/setup/channels#mailIn">
          {t('channels:round.look')}
        </a>
      </p>
    )
  }
  return (
    <p class="banner">
      {t(`channels:round.${round.kind}`, values)}
      {round.kind === 'refused' && (
        <>
          {' '}
          <bdi>{round.reason}</bdi>
        </>
      )}
    </p>
  )
}
