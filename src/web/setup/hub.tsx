import type { DeskFrame } from '../desk/props.ts'
import { CsrfField } from '../layout.tsx'
import { FirstSteps, PutAway, type StepProps } from './first-steps.tsx'
import { renderSetupPage } from './frame.tsx'

export const setupParts = ['shop', 'packages', 'prices', 'channels', 'agents', 'keys', 'settings'] as const
export type SetupPart = (typeof setupParts)[number]

export interface PartProps {
  part: SetupPart
  href: string
  /** How many there are, where that says something. */
  count?: number
}

/** What a test of a channel brought. */
export interface TestProps {
  channel: 'email' | 'sms'
  kind: 'accepted' | 'rejected' | 'temporary' | 'unknown' | 'tries' | 'phone'
  to?: string
  /** The provider's own words. */
  reason?: string
}

/** /desk/setup */
export interface HubProps extends DeskFrame {
  parts: PartProps[]
  steps: StepProps[]
  stepsHidden: boolean
}

/** What there is to set up and how far each is, as a whole document. For owners. */
export function renderHub(props: HubProps): string {
  const { t, number } = props.words
  const left = props.steps.filter(({ done }) => !done).length
  return renderSetupPage(props, {
    title: t('desk:setup'),
    what: left === 0 ? t('setup-hub:allDone') : t('setup-hub:left', { count: left, n: number(left) }),
    children: (
      <>
        {!props.stepsHidden && <FirstSteps frame={props} all={props.steps} />}
        <ul class="card hub">
          {props.parts.map(({ part, href, count }) => (
            <li>
              <a href={href}>
                <b>{t(`setup-hub:part.${part}`)}</b>
                {count !== undefined && <span class="num quiet">{number(count)}</span>}
                <span class="small quiet">{t(`setup-hub:text.${part}`)}</span>
              </a>
            </li>
          ))}
        </ul>
        {props.stepsHidden && <PutAway frame={props} hide={false} />}
      </>
    ),
  })
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
}

/** Which channels are on, what is missing for the others, and a test of each that sends. For owners. */
export function renderChannels(props: ChannelsPageProps): string {
  const { t } = props.words
  return renderSetupPage(props, {
    title: t('channels:title'),
    what: t('channels:what'),
    back: { href: '/desk/setup', label: t('desk:setup') },
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
