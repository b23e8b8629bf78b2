import type { Words } from '../../words/words.ts'
import { CsrfField } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { isolate, Prose } from '../text.tsx'
import type { PortalMessage } from './props.ts'

/** "20 min of work, 4 credits". */
export function workText(work: NonNullable<PortalMessage['work']>, words: Words): string {
  const duration = words.duration(work.minutes * 60)
  if (work.units > 0n)
    return words.t('portal:work.cost', { duration, credits: words.creditsPhrase(work.units) })
  return work.worth === undefined || work.worth === 0n
    ? words.t('portal:work.free', { duration })
    : words.t('portal:work.waived', { duration, credits: words.creditsPhrase(work.worth) })
}

interface Asked {
  minutes: number
  units: bigint
  body: string
  agent: string
}

/** Who asks, what would be done, and what it costs at most. */
export function OfferTerms({ offer, frame }: { offer: Asked; frame: PageFrame }) {
  const { words } = frame
  const duration = words.duration(offer.minutes * 60)
  return (
    <>
      <p class="quiet">{words.t('portal:offer.asks', { agent: isolate(offer.agent) })}</p>
      <Prose text={offer.body} quotedLabel={words.t('desk:quoted')} />
      <p>
        <b class="num">
          {offer.units > 0n
            ? words.t('portal:offer.price', { duration, credits: words.creditsPhrase(offer.units) })
            : words.t('portal:offer.priceFree', { duration })}
        </b>
      </p>
    </>
  )
}

/** The two buttons. Only they answer: mail scanners open links, and must not agree to anything. */
export function OfferButtons({ action, frame }: { action: string; frame: PageFrame }) {
  const { t } = frame.words
  return (
    <form class="cta" method="post" action={action} data-once>
      <CsrfField frame={frame} />
      <button class="send" type="submit" name="answer" value="agree" data-busy={t('portal:offer.sending')}>
        {t('portal:offer.agree')}
      </button>
      <button
        class="button"
        type="submit"
        name="answer"
        value="decline"
        data-busy={t('portal:offer.sending')}
      >
        {t('portal:offer.decline')}
      </button>
    </form>
  )
}
