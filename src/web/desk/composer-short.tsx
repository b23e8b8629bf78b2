import type { PageFrame } from '../props.ts'
import { clock } from '../time.ts'
import type { ComposerProps } from './composer-props.ts'

interface Props {
  composer: ComposerProps
  base: string
  /** What is missing for this answer. */
  missing: bigint
  /** Where the customer can be asked. */
  mayAsk: boolean
  frame: PageFrame
}

/** What can be done when the credits do not reach: the customer buys, or the shop gives. (A waiver stands beside, for all channels.) */
export function ShortOf({ composer, base, missing, mayAsk, frame }: Props) {
  const { words } = frame
  const { t } = words
  return (
    <span class="short-of">
      {composer.askedToTopUp ? (
        <span class="small quiet">
          {t('talk:short.asked', { at: clock(words, composer.askedToTopUp, frame.now, frame.timeZone) })}
        </span>
      ) : mayAsk ? (
        <button class="button" type="submit" formAction={`${base}/top-up-request`} formNoValidate>
          {t('talk:short.ask')}
        </button>
      ) : (
        <span class="small quiet">{t('talk:short.noEmail')}</span>
      )}
      {composer.goodwillReasons && (
        <details class="over goodwill">
          <summary>{t('talk:short.goodwill')}</summary>
          <div>
            <label class="small">
              {t('talk:short.reason')}
              <select name="goodwillReason">
                {composer.goodwillReasons.map((reason) => (
                  <option value={reason}>{t(`supervise:reason.${reason}`)}</option>
                ))}
              </select>
            </label>
            <button type="submit" formAction={`${base}/goodwill`}>
              {t('talk:short.give', { credits: words.creditsPhrase(missing) })}
            </button>
          </div>
        </details>
      )}
    </span>
  )
}

/** Beside Send: where the ticket stands after the answer. Without a choice it waits for the customer. */
export function ThenMenu({ frame }: { frame: PageFrame }) {
  const { t } = frame.words
  return (
    <details class="over then">
      <summary aria-label={t('talk:then.more')} title={t('talk:then.more')}>
        <span aria-hidden="true">▾</span>
      </summary>
      <div>
        <button type="submit" name="then" value="closed">
          {t('talk:then.closed')}
        </button>
        <button type="submit" name="then" value="open">
          {t('talk:then.open')}
        </button>
      </div>
    </details>
  )
}
