import { CsrfField } from '../layout.tsx'
import type { DoneProps, NoticeProps } from './list-props.ts'
import type { DeskFrame } from './props.ts'

/** What was just done, with the way back, or why nothing was. `from`: where its form leads. */
export function Notice({ notice, from, frame }: { notice: NoticeProps; from: string; frame: DeskFrame }) {
  if ('refused' in notice) {
    return (
      <div class="notice amber" role="alert">
        {frame.words.t(`list:refused.${notice.refused}`)}
      </div>
    )
  }
  return <Done notice={notice} from={from} frame={frame} />
}

function Done({ notice, from, frame }: { notice: DoneProps; from: string; frame: DeskFrame }) {
  const { t, number } = frame.words
  const { kind, count, left = 0 } = notice
  const n = number(count)
  const text =
    count > 0
      ? t(`list:notice.${kind}`, { count, n })
      : t(kind === 'undone' ? 'list:notice.nothingBack' : 'list:notice.nothing')
  return (
    <div class="notice" role="status" data-notice>
      <span>
        {text}
        {left > 0 &&
          count > 0 &&
          kind !== 'spam' &&
          ` · ${t('list:notice.left', { count: left, n: number(left) })}`}
      </span>
      {notice.actId && kind === 'spam' && left > 0 && (
        <form method="post" action={`/desk/acts/${notice.actId}/rest`}>
          <CsrfField frame={frame} />
          <input type="hidden" name="from" value={from} />
          <button class="plain" type="submit">
            {t('list:notice.spamRest', { count: left, n: number(left) })}
          </button>
        </form>
      )}
      {notice.actId && (
        <form method="post" action={`/desk/acts/${notice.actId}/undo`}>
          <CsrfField frame={frame} />
          <input type="hidden" name="from" value={from} />
          <button class="plain" type="submit" data-undo>
            {t('list:notice.undo')}
            <span class="key" aria-hidden="true">
              z
            </span>
          </button>
        </form>
      )}
    </div>
  )
}
