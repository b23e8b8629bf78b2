import { renderDocument } from '../layout.tsx'
import { Plain } from '../plain/plain.tsx'
import type { PageFrame } from '../props.ts'
import { day } from '../time.ts'
import { OfferButtons, OfferTerms } from './offer-parts.tsx'

export interface OfferPageProps extends PageFrame {
  shopName: string
  ticketNumber: number
  subject: string
  offer: { minutes: number; units: bigint; body: string; agent: string }
  /** Available on the account now. */
  available: bigint
  state: 'open' | 'agreed' | 'declined' | 'withdrawn' | 'used'
  /** Of an answered one. */
  answeredAt?: Date
  /** Where the buttons post. */
  action: string
  portalHref: string
}

/** /offer/:token: work that the customer may agree to, or what was answered. */
export function renderOfferPage(props: OfferPageProps): string {
  const { words, state } = props
  const { t } = words
  return renderDocument({
    frame: props,
    title: t('portal:offer.title'),
    page: 'plain-page',
    scripts: ['forms'],
    children: (
      <Plain frame={props} heading={props.shopName}>
        <p class="small quiet num" dir="auto">
          #{props.ticketNumber} · {props.subject}
        </p>
        <OfferTerms offer={props.offer} frame={props} />
        {state === 'open' ? (
          <>
            <p class="small quiet num">
              {t(props.available < props.offer.units ? 'portal:offer.short' : 'portal:offer.left', {
                credits: words.creditsPhrase(props.available),
              })}
            </p>
            <OfferButtons action={props.action} frame={props} />
          </>
        ) : (
          <p class={state === 'agreed' || state === 'used' ? 'banner good' : 'banner'} role="status">
            {t(`portal:offer.state.${state}`, {
              date: day(words, props.answeredAt ?? props.now, props.timeZone),
            })}
          </p>
        )}
        <p class="small">
          <a class="link" href={props.portalHref}>
            {t('portal:offer.toPortal')}
          </a>
        </p>
      </Plain>
    ),
  })
}
