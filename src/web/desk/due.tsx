import type { PageFrame } from '../props.ts'
import { span } from '../time.ts'

/** From here on a promise is amber: who reads the list once an hour must still be able to keep it. */
const soonMs = 60 * 60_000

/** "due in 2 hr", "overdue 15 min": by when the first answer was promised. */
export function Due({ at, frame }: { at: Date; frame: PageFrame }) {
  const { words, now } = frame
  const left = at.getTime() - now.getTime()
  const level = left < 0 ? 'late' : left < soonMs ? 'soon' : 'later'
  const time = span(words, Math.abs(left) / 1000)
  return (
    <time class={`due num ${level}`} dateTime={at.toISOString()}>
      {words.t(left < 0 ? 'list:due.late' : 'list:due.in', { time })}
    </time>
  )
}
