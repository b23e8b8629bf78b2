import { BalancePill } from '../credits/pill.tsx'
import { ago } from '../time.ts'
import type { DeskFrame, TicketRow } from './props.ts'

export interface TicketRowsProps {
  frame: DeskFrame
  rows: TicketRow[]
  currentId?: string
  /** Where rows of several states stand together, each says its own. */
  showState?: boolean
}

export function TicketRows({ frame, rows, currentId, showState = false }: TicketRowsProps) {
  return (
    <ul class="rows">
      {rows.map((row) => (
        <li>
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
      <BalancePill available={row.available} words={words} />
      <span class="pre" dir="auto">
        {row.lastIsOurs ? `${words.t('desk:you')} ${row.preview}` : row.preview}
      </span>
      <span class="meta num">
        #{row.number} · {words.t(`desk:by.${row.channel}`)}
        {showState && ` · ${words.t(`desk:state.${row.state}`)}`}
      </span>
    </a>
  )
}
