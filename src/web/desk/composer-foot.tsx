import type { PageFrame } from '../props.ts'
import type { ChannelOffer, ComposerProps } from './composer-props.ts'
import { ShortOf, ThenMenu } from './composer-short.tsx'
import { markOfOffer } from './offer-mark.ts'
import { Payers } from './payers.tsx'

interface Props {
  offered: ChannelOffer
  composer: ComposerProps
  base: string
  frame: PageFrame
}

/** Price and button of one channel; money stands next to the act. */
export function Foot({ offered, composer, base, frame }: Props) {
  const { channel, offer, to } = offered
  const { words } = frame
  const { t } = words
  const mark = markOfOffer(offered, composer)
  if (offer.kind === 'unavailable') {
    return (
      <div class="foot" data-channel={channel} data-offer={mark}>
        <p class="why warn">
          {t(`desk:unavailable.${offer.reason}`, { channel: t(`desk:channel.${channel}`) })}
        </p>
      </div>
    )
  }
  if (offer.kind === 'insufficient') {
    return (
      <div class="foot lacking" data-channel={channel} data-offer={mark}>
        <p class="why bad num">
          <span class="charged">
            <b>
              {t('desk:price.short', {
                required: words.credits(offer.required),
                available: words.credits(offer.available),
              })}
            </b>
            <span class="small">{t('desk:price.shortHint')}</span>
          </span>
          <b class="waived">{t('desk:cost.waived', { n: words.credits(offer.required) })}</b>
        </p>
        <ShortOf
          composer={composer}
          base={base}
          missing={offer.required - offer.available}
          mayAsk={composer.channels.some(
            ({ channel: one, to: address }) => one === 'email' && address !== undefined,
          )}
          frame={frame}
        />
        {/* Whoever may waive can send even when the credits do not reach. */}
        <button class="send" type="submit" disabled={!composer.mayWaive}>
          {t('desk:composer.send')}
        </button>
      </div>
    )
  }
  if (offer.kind === 'work') return null
  if (offer.kind === 'running') {
    return (
      <div class="foot" data-channel={channel} data-offer={mark}>
        <p class="why">{t('desk:video.running')}</p>
        <a class="send" href={offer.href}>
          {t('desk:video.join')}
        </a>
      </div>
    )
  }
  if (offer.kind === 'session') {
    const steps = { credits: words.creditsPhrase(offer.costs), minutes: words.number(offer.stepMinutes) }
    return (
      <div class="foot" data-channel={channel} data-offer={mark}>
        <p class="why num">
          {t('desk:video.price', steps)}
          <Payers payers={offer.payers} frame={frame} />
          <span class="small quiet">
            {offer.freeSeconds > 0
              ? t('desk:video.waitingFreeFirst', { duration: words.duration(offer.freeSeconds) })
              : t('desk:video.waitingFree')}
          </span>
        </p>
        <button class="send" type="submit" formAction={`${base}/sessions`} formNoValidate>
          {t('desk:video.start')}
        </button>
      </div>
    )
  }
  const note = channel === 'note'
  return (
    <div class="foot" data-channel={channel} data-offer={mark}>
      <p class="to small quiet">
        {to && (
          <span>
            {t(channel === 'portal' ? 'desk:composer.told' : 'desk:composer.to')} <bdi>{to}</bdi>
          </span>
        )}
        {channel === 'portal' && !to && <span>{t('desk:composer.notTold')}</span>}
        {channel === 'sms' && (
          <output
            class="num"
            data-sms-count
            data-text={t('desk:sms.count')}
            data-unicode={t('desk:sms.unicode')}
          />
        )}
      </p>
      <p class="price num">
        {note ? (
          <b>{t('desk:price.note')}</b>
        ) : (
          <>
            <span class="charged">
              <b data-costs>{t('desk:price.costs', { n: words.credits(offer.costs) })}</b>{' '}
              <span class="quiet" data-leaves>
                {offer.perSegment
                  ? t('desk:price.perSegment')
                  : t('desk:price.leaves', { n: words.credits(offer.leaves) })}
              </span>
            </span>
            <b class="waived" data-waived>
              {t('desk:cost.waived', { n: words.credits(offer.costs) })}
            </b>
          </>
        )}
        {!note && <Payers payers={offer.payers} freeUntil={offer.freeUntil} frame={frame} />}
      </p>
      <span class="send-with">
        <button class="send" type="submit">
          {t(note ? 'desk:composer.saveNote' : 'desk:composer.send')}
          <span class="key" aria-hidden="true" data-send-key>
            Ctrl ↵
          </span>
        </button>
        {!note && <ThenMenu frame={frame} />}
      </span>
    </div>
  )
}
