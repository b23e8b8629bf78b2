import type { ComponentChildren } from 'preact'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
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
  const limits = limitWords(composer, frame)
  return (
    <div class="tools">
      <label class="tool attach" title={t('talk:files.limits', limits)}>
        <span>{t('talk:files.attach')}</span>
        <input type="file" name="files" multiple aria-label={t('talk:files.choose')} data-attach />
      </label>
      <button class="tool plainly" type="submit" formAction={`${base}/files`} formNoValidate>
        {t('talk:files.attach')}
      </button>
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

/** Files that were uploaded and go out with the next answer. */
export function PendingFiles({ composer, base, frame }: Props) {
  const { words } = frame
  const { t } = words
  const limits = limitWords(composer, frame)
  return (
    <>
      <ul
        class="files pending"
        aria-label={t('talk:files.list')}
        data-files={`${base}/files`}
        data-remove={t('talk:files.remove', { name: '{name}' })}
        data-uploading={t('talk:files.uploading', { name: '{name}' })}
        data-failed={t('talk:files.failed', { name: '{name}' })}
        data-too-large={t('talk:files.tooLarge', { name: '{name}', ...limits })}
        data-most-each={composer.limits.fileBytes}
        data-most={composer.limits.bytesTogether}
        data-drop={t('talk:files.drop')}
      >
        {composer.files.map((file) => (
          <li data-size={file.size}>
            <input type="hidden" name="file" value={file.id} />
            <span dir="auto">{file.name}</span>{' '}
            <span class="small quiet num">{words.fileSize(file.size)}</span>
            <button
              class="plain"
              type="submit"
              formAction={`${base}/files/${encodeURIComponent(file.id)}/remove`}
              formNoValidate
              aria-label={t('talk:files.remove', { name: isolate(file.name) })}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <p class="not-here small warn">{t('talk:files.notHere')}</p>
    </>
  )
}

export function limitWords({ limits }: Pick<ComposerProps, 'limits'>, { words }: PageFrame) {
  return {
    each: words.fileSize(limits.fileBytes),
    all: words.fileSize(limits.bytesTogether),
    n: words.number(limits.files),
  }
}
