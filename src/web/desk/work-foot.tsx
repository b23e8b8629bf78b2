import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import type { ChannelOffer, ComposerProps, DeskOffer } from './composer-props.ts'
import { markOfOffer } from './offer-mark.ts'
import { Payers } from './payers.tsx'

interface Props {
  offer: Extract<ChannelOffer['offer'], { kind: 'work' }>
  composer: ComposerProps
  frame: PageFrame
}

/** What of logged work is not its text: how long, and under which agreed offer. */
export function WorkFields({ composer, to, frame }: Omit<Props, 'offer'> & { to: string | undefined }) {
  const { t } = frame.words
  return (
    <div class="foot work-fields" data-channel="work">
      <label class="small">
        {t('desk:work.minutes')}
        <input
          class="num"
          name="minutes"
          inputMode="numeric"
          maxLength={4}
          autoComplete="off"
          value={composer.minutes ?? ''}
        />
      </label>
      {composer.agreed.length > 0 && (
        <label class="small">
          {t('desk:work.offer')}
          <select name="offerId">
            <option value="">{t('desk:work.noOffer')}</option>
            {composer.agreed.map((agreed) => (
              <option value={agreed.id} selected={agreed.id === composer.offerId}>
                {offerLine(agreed, frame)}
              </option>
            ))}
          </select>
        </label>
      )}
      <p class="to small quiet">
        <span>
          {to ? t('desk:composer.told') : t('desk:composer.notTold')} {to && <bdi>{to}</bdi>}
        </span>
      </p>
    </div>
  )
}

/** Price and the two buttons of logged work. The script replaces the step's price by that of the minutes. */
export function WorkFoot({ offer, composer, base, frame }: Props & { base: string }) {
  const { words } = frame
  const { t } = words
  const step = { credits: words.creditsPhrase(offer.costs), minutes: words.number(offer.stepMinutes) }
  return (
    <div
      class={offer.short ? 'foot work-foot lacking' : 'foot work-foot'}
      data-channel="work"
      data-offer={markOfOffer({ channel: 'work', offer }, composer)}
    >
      <p class={offer.short ? 'price num short' : 'price num'}>
        <span class="charged">
          <b data-costs>{t('desk:work.price', step)}</b> <span class="quiet" data-leaves />
        </span>
        <Payers payers={[]} frame={frame} />
        <b class="waived" data-waived>
          {t('desk:cost.waived', { n: words.credits(offer.costs) })}
        </b>
      </p>
      <button class="button" type="submit" formAction={`${base}/work-offers`}>
        {t('desk:work.ask')}
      </button>
      <button
        class="send"
        type="submit"
        formAction={`${base}/work`}
        disabled={offer.short && !composer.mayWaive && composer.agreed.length === 0}
      >
        {t('desk:work.log')}
      </button>
    </div>
  )
}

const longestLine = 40

/** One offer as a line to choose: what was agreed, and how its text begins. */
function offerLine(offer: DeskOffer, { words }: PageFrame): string {
  const text = offer.body.replace(/\s+/g, ' ').trim()
  return words.t('desk:work.offerLine', {
    duration: words.duration(offer.minutes * 60),
    credits: words.creditsPhrase(offer.units),
    text: isolate(text.length > longestLine ? `${[...text].slice(0, longestLine).join('')}…` : text),
  })
}
