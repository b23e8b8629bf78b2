import { BalancePill } from '../credits/pill.tsx'
import { ago, clock } from '../time.ts'
import { Due } from './due.tsx'
import { Here, hereWords } from './here.tsx'
import type { ListPlaceProps, TicketRow } from './list-props.ts'
import type { DeskFrame } from './props.ts'

export interface TicketRowsProps {
  frame: DeskFrame
  rows: TicketRow[]
  place: ListPlaceProps
  currentId?: string
  /** With a box for each row, which belongs to the form of the acts. */
  picks?: boolean
}

export function TicketRows({ frame, rows, place, currentId, picks = false }: TicketRowsProps) {
  // Where rows of several states stand together, each says its own.
  const showState = place.query !== undefined || ['all', 'mine', 'low', 'due'].includes(place.view)
  return (
    <ul class="rows" {...hereWords(frame.words)}>
      {rows.map((row) => (
        <li class={picks ? 'picks' : ''}>
          {picks && (
            <label class="pick">
              <input
                type="checkbox"
                name="ticket"
                value={row.id}
                form="acts"
                autocomplete="off"
                aria-label={frame.words.t('list:act.select', { number: row.number })}
              />
            </label>
          )}
          <Row frame={frame} row={row} current={row.id === currentId} showState={showState} />
        </li>
      ))}
    </ul>
  )
}

interface RowProps {
  frame: DeskFrame
  row: TicketRow
  current: boolean
  showState: boolean
}

function Row({ frame, row, current, showState }: RowProps) {
  const { words, now, timeZone } = frame
  const name = row.customerName || words.t('desk:noName')
  return (
    <a
      class={row.unanswered ? 'row' : 'row read'}
      href={`/desk/tickets/${encodeURIComponent(row.id)}#newest`}
      data-ticket={row.id}
      {...(current ? { 'aria-current': 'page' as const } : {})}
    >
      <span class="from" dir="auto">
        {name}
      </span>
      <time class="when num" dateTime={row.at.toISOString()}>
        {ago(words, row.at, now, timeZone)}
      </time>
      <span class="sub" dir="auto">
        {row.subject}
      </span>
      <BalancePill available={row.available} lowBelow={frame.lowBalance} words={words} />
      <span class="pre" dir="auto">
        {row.lastIsOurs ? `${words.t('desk:you')} ${row.preview}` : row.preview}
      </span>
      <span class="facts">
        <RowMeta frame={frame} row={row} showState={showState} />
        <RowMarks frame={frame} row={row} />
      </span>
    </a>
  )
}

function RowMeta({ frame: { words }, row, showState }: Pick<RowProps, 'frame' | 'row' | 'showState'>) {
  return (
    <span class="meta num">
      #{row.number} · {words.t(`desk:by.${row.channel}`)}
      {showState && ` · ${words.t(`desk:state.${row.state}`)}`}
    </span>
  )
}

/** What else there is to know: an answer that was begun, a promise, until when it rests, whose it is, tags; and who is looking, which a script fills in. */
function RowMarks({ frame, row }: Pick<RowProps, 'frame' | 'row'>) {
  const { words, now, timeZone } = frame
  return (
    <span class="marks">
      {row.hasDraft && <span class="mark-draft">{words.t('list:meta.draft')}</span>}
      {row.dueAt && <Due at={row.dueAt} frame={frame} />}
      {row.snoozedUntil && (
        <span class="mark-until num">
          {words.t('list:meta.until', { at: clock(words, row.snoozedUntil, now, timeZone) })}
        </span>
      )}
      {row.assignee && <bdi class="mark-who">{row.assignee}</bdi>}
      {row.tags.map((tag) => (
        <bdi class="tag">{tag}</bdi>
      ))}
      <Here ticketId={row.id} />
    </span>
  )
}
