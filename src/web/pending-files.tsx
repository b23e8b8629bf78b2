import type { PageFrame } from './props.ts'
import { isolate } from './text.tsx'

/** Uploaded and not yet sent. */
export interface PendingFile {
  id: string
  name: string
  size: number
}

export interface FileLimits {
  fileBytes: number
  bytesTogether: number
  files: number
}

interface Props {
  files: PendingFile[]
  limits: FileLimits
  /** What the list is. */
  label: string
  /** Where files are posted; of one, with its id and "remove" behind it. */
  action: string
  frame: PageFrame
}

/** Files that were uploaded and go out with what is being written; browser/attach.ts adds to it. */
export function PendingFiles({ files, label, limits, action, frame }: Props) {
  const { words } = frame
  const { t } = words
  return (
    <ul
      class="files pending"
      aria-label={label}
      data-files={action}
      data-remove={t('talk:files.remove', { name: '{name}' })}
      data-uploading={t('talk:files.uploading', { name: '{name}' })}
      data-failed={t('talk:files.failed', { name: '{name}' })}
      data-too-large={t('talk:files.tooLarge', { name: '{name}', ...limitWords(limits, frame) })}
      data-most-each={limits.fileBytes}
      data-most={limits.bytesTogether}
      data-drop={t('talk:files.drop')}
    >
      {files.map((file) => (
        <li data-size={file.size}>
          <input type="hidden" name="file" value={file.id} />
          <span dir="auto">{file.name}</span> <span class="small quiet num">{words.fileSize(file.size)}</span>
          <button
            class="plain"
            type="submit"
            formAction={removalOf(action, file.id)}
            formNoValidate
            aria-label={t('talk:files.remove', { name: isolate(file.name) })}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  )
}

/** The field to choose files, and the button that sends them without a script. */
export function ChooseFiles({ limits, action, frame }: Omit<Props, 'files' | 'label'>) {
  const { t } = frame.words
  return (
    <>
      <label class="tool attach" title={t('talk:files.limits', limitWords(limits, frame))}>
        <span>{t('talk:files.attach')}</span>
        <input type="file" name="files" multiple aria-label={t('talk:files.choose')} data-attach />
      </label>
      <button class="tool plainly" type="submit" formAction={action} formNoValidate>
        {t('talk:files.attach')}
      </button>
    </>
  )
}

function removalOf(action: string, id: string): string {
  const [path = '', query] = action.split('?')
  return `${path}/${encodeURIComponent(id)}/remove${query === undefined ? '' : `?${query}`}`
}

export function limitWords(limits: FileLimits, { words }: PageFrame) {
  return {
    each: words.fileSize(limits.fileBytes),
    all: words.fileSize(limits.bytesTogether),
    n: words.number(limits.files),
  }
}
