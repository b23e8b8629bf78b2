import type { ComponentChildren } from 'preact'
import { ChooseFiles } from '../pending-files.tsx'
import type { PageFrame } from '../props.ts'
import { clock } from '../time.ts'
import type { ComposerProps } from './composer-props.ts'

interface Props {
  composer: ComposerProps
  base: string
  frame: PageFrame
}

/**
 * Between the text and Send: files, saved replies, and whether the draft is kept. Without a script each of these is a button that sends the
 * form and brings the page back.
 */
export function Tools({ composer, base, frame, waive }: Props & { waive: ComponentChildren }) {
  const { words } = frame
  const { t } = words
  return (
    <div class="tools">
      <ChooseFiles limits={composer.limits} action={`${base}/files`} frame={frame} />
      <button
        class="tool"
        type="submit"
        formAction={`${base}/saved-replies`}
        formNoValidate
        data-saved-replies
        data-search={t('talk:saved.search')}
        data-label={t('talk:saved.title')}
        data-none={t('talk:saved.none')}
        data-manage={t('talk:saved.manage')}
      >
        {t('talk:saved.open')} <kbd class="scripts">/</kbd>
      </button>
      {waive}
      <span
        class="draft-state small quiet"
        role="status"
        data-draft={`${base}/draft`}
        data-kept={t('talk:draft.saved')}
        data-keeping={t('talk:draft.saving')}
        data-offline={t('talk:draft.offline')}
        data-signed-out={t('talk:draft.signedOut')}
      >
        {composer.savedAt &&
          composer.draft &&
          t('talk:draft.savedAt', { at: clock(words, composer.savedAt, frame.now, frame.timeZone) })}
      </span>
    </div>
  )
}
