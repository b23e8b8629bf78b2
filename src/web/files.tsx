import type { FileProps, PageFrame } from './props.ts'

/** What came with a message: a name and a size each, to open or to save. */
export function Files({
  files,
  frame,
  save = false,
}: {
  files: FileProps[]
  frame: PageFrame
  /** They come as downloads, so no tab opens for them. */
  save?: boolean
}) {
  const { t, fileSize } = frame.words
  return (
    <ul class="files" aria-label={t('common:files.label')}>
      {files.map((file) => (
        <li>
          <a href={file.href} {...(save ? { download: '' } : { target: '_blank', rel: 'noopener' })}>
            <span dir="auto">{file.name || t('common:files.unnamed')}</span>{' '}
            <span class="small quiet num">{fileSize(file.size)}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
