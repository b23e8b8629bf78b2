import { CsrfField } from '../layout.tsx'
import { limitWords, PendingFiles } from '../pending-files.tsx'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import { Foot } from './composer-foot.tsx'
import type { ComposerError, ComposerProps } from './composer-props.ts'
import { Tools } from './composer-tools.tsx'
import { WorkFields, WorkFoot } from './work-foot.tsx'

interface Props {
  composer: ComposerProps
  ticketId: string
  customerName: string
  frame: PageFrame
}

/**
 * Answering. Channels are radio inputs that look like tabs, and each has a foot of its own with price and button, shown
 * by CSS when its tab is chosen: without a script everything works, only the live count of an SMS is missing.
 */
export function Composer({ composer, ticketId, customerName, frame }: Props) {
  const { t } = frame.words
  const work = composer.channels.find(({ offer }) => offer.kind === 'work')
  const base = `/desk/tickets/${encodeURIComponent(ticketId)}`
  return (
    <form
      class="composer"
      id="composer"
      method="post"
      action={`${base}/replies`}
      encType="multipart/form-data"
      aria-label={t('desk:composer.label')}
      data-composer
      data-quote={`${base}/quote`}
      data-writing={`${base}/writing`}
      data-costs={t('desk:price.costs', { n: '{n}' })}
      data-waived={t('desk:cost.waived', { n: '{n}' })}
      data-leaves={t('desk:price.leaves', { n: '{n}' })}
      data-short={t('desk:price.short', { required: '{n}', available: '{m}' })}
      data-sending={t('desk:composer.sending')}
    >
      {/* What Enter in a field presses: the first button of a form, which must not be one that does something else. */}
      <button type="submit" hidden />
      <CsrfField frame={frame} />
      <input type="hidden" name="idempotencyKey" value={composer.idempotencyKey} />
      <input type="hidden" name="lastSeenMessageId" value={composer.lastSeenMessageId ?? ''} />
      {composer.error && (
        <p class="banner" role="alert">
          {errorText(composer.error, composer, frame)}
        </p>
      )}
      <fieldset class="tabs">
        <legend class="vh">{t('desk:composer.channel')}</legend>
        {composer.channels.map(({ channel, offer }) => {
          const off = offer.kind === 'unavailable' || offer.kind === 'insufficient'
          return (
            <label class={off ? 'off' : ''}>
              <input
                class="vh"
                type="radio"
                name="channel"
                value={channel}
                checked={channel === composer.selected}
              />
              {t(`desk:channel.${channel}`)}
            </label>
          )
        })}
      </fieldset>
      <textarea
        name="body"
        dir="auto"
        rows={3}
        maxLength={50_000}
        required
        aria-label={t('desk:composer.body')}
        placeholder={t('desk:composer.placeholder', { name: isolate(customerName || t('desk:noName')) })}
      >
        {composer.draft ?? ''}
      </textarea>
      {work && <WorkFields composer={composer} to={work.to} frame={frame} />}
      <PendingFiles
        files={composer.files}
        label={t('talk:files.list')}
        limits={composer.limits}
        action={`${base}/files`}
        frame={frame}
      />
      <p class="not-here small warn">{t('talk:files.notHere')}</p>
      <Tools
        composer={composer}
        base={base}
        frame={frame}
        waive={composer.mayWaive && <Waive reason={composer.waiveReason ?? ''} frame={frame} />}
      />
      {composer.channels.map((offered) =>
        offered.offer.kind === 'work' ? (
          <WorkFoot offer={offered.offer} composer={composer} base={base} frame={frame} />
        ) : (
          <Foot offered={offered} composer={composer} base={base} frame={frame} />
        ),
      )}
    </form>
  )
}

/** One reason for whichever channel is chosen; CSS hides it where nothing is charged anyway. */
function Waive({ reason, frame }: { reason: string; frame: PageFrame }) {
  const { t } = frame.words
  return (
    <details class="waive" open={reason !== ''}>
      <summary>{t('desk:waive.label')}</summary>
      <label class="small">
        {t('desk:waive.reason')}
        <input
          name="waiveReason"
          maxLength={200}
          dir="auto"
          value={reason}
          placeholder=" "
          pattern=".*\S.*"
        />
      </label>
    </details>
  )
}

function errorText(error: ComposerError, composer: ComposerProps, frame: PageFrame): string {
  const { words } = frame
  if (error.code === 'files_too_large')
    return words.t('talk:error.files_too_large', limitWords(composer.limits, frame))
  if (error.code === 'no_files_here' || error.code === 'goodwill_not_allowed' || error.code === 'same_again')
    return words.t(`talk:error.${error.code}`)
  if (error.code !== 'insufficient_credits') return words.t(`desk:composerError.${error.code}`)
  return words.t('desk:composerError.insufficient_credits', {
    required: words.creditsPhrase(error.required),
    available: words.credits(error.available),
  })
}
