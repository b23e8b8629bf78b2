import type { DeskFrame } from '../desk/props.ts'
import { CsrfField } from '../layout.tsx'
import { renderSetupPage } from './frame.tsx'
import { type MailboxProps, type RoundProps, WayBack } from './way-back.tsx'

/** What a test of a channel brought. */
export interface TestProps {
  channel: 'email' | 'sms' | 'mailIn'
  kind: 'accepted' | 'rejected' | 'temporary' | 'unknown' | 'tries' | 'phone'
  to?: string
  /** The provider's own words. */
  reason?: string
}

export interface ChannelProps {
  channel: 'email' | 'mailIn' | 'sms' | 'video'
  state: 'on' | 'sandbox' | 'off'
  /** Names of the variables that are not set. */
  missing: string[]
}

/** /desk/setup/channels */
export interface ChannelsPageProps extends DeskFrame {
  channels: ChannelProps[]
  /** Where a test mail goes. */
  email: string
  test?: TestProps
  /** Mail can be sent to the shop's own address and taken in again. */
  testsWayBack: boolean
  lastMail?: { at: Date; door: string }
  round?: RoundProps
  mailbox?: MailboxProps
}

/** Which channels are on, what is missing for the others, and a test of each that sends. For owners. */
export function renderChannels(props: ChannelsPageProps): string {
  const { t } = props.words
  return renderSetupPage(props, {
    title: t('channels:title'),
    what: t('channels:what'),
    back: { href: '/desk/setup', label: t('desk:setup') },
    scripts: ['setup'],
    children: (
      <>
        {props.channels.map((channel) => (
          <section class="card" id={channel.channel}>
            <h2>
              {t(`channels:name.${channel.channel}`)}{' '}
              <span class={channel.state === 'on' ? 'tag' : 'tag amber'}>
                {t(`channels:state.${channel.state}`)}
              </span>
            </h2>
            <p class="quiet">{t(`channels:text.${channel.channel}`)}</p>
            {channel.missing.length > 0 && (
              <p>
                {t('channels:missing')} <code dir="ltr">{channel.missing.join(' ')}</code>
              </p>
            )}
            <Test channel={channel} props={props} />
            {channel.channel === 'mailIn' && channel.state !== 'off' && <WayBack props={props} />}
          </section>
        ))}
      </>
    ),
  })
}

function Test({ channel, props }: { channel: ChannelProps; props: ChannelsPageProps }) {
  const { t } = props.words
  if (channel.channel !== 'email' && channel.channel !== 'sms') return null
  const test = props.test?.channel === channel.channel ? props.test : undefined
  return (
    <>
      {test && (
        <p class={test.kind === 'accepted' ? 'banner good' : 'banner'} role="status">
          {t(`channels:outcome.${test.kind}`, { to: test.to ?? '' })}
          {test.reason !== undefined && (
            <>
              {' '}
              <bdi>{test.reason}</bdi>
            </>
          )}
        </p>
      )}
      {channel.state !== 'off' && (
        <form
          class="one-line"
          method="post"
          action={`/desk/setup/channels/${channel.channel}/test`}
          data-once
        >
          <CsrfField frame={props} />
          {channel.channel === 'sms' ? (
            <div class="field">
              <label for="phone">{t('channels:phone')}</label>
              <input
                id="phone"
                name="phone"
                type="tel"
                dir="ltr"
                autoComplete="tel"
                required
                value={test?.to ?? ''}
                {...(test?.kind === 'phone' && { 'aria-invalid': true })}
              />
            </div>
          ) : (
            <p class="quiet">{t('channels:toYou', { email: props.email })}</p>
          )}
          <button type="submit" class="button">
            {t('channels:send')}
          </button>
        </form>
      )}
    </>
  )
}
