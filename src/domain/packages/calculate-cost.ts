import type { Sql } from '../../db/database.ts'
import { checkAll } from '../check-all.ts'
import type { Channel, RateCard } from '../credits/rate-card.ts'
import { refuseField } from '../refusal.ts'
import { segmentsOf } from '../tickets/message-text.ts'

/** What somebody wants to know the cost of; whole numbers. */
export interface CostQuestion {
  /** Minutes of one video session. */
  video: number
  emails: number
  texts: number
  /** Letters of each text, in the plain alphabet of SMS. */
  letters: number
  /** Minutes of one piece of logged work. */
  work: number
}

export interface CostLine {
  channel: Channel
  /** Minutes, or how many. */
  count: number
  /** Of each text. */
  segments?: number
  units: bigint
}

const mostOf: Record<keyof CostQuestion, number> = {
  ...{ video: 1440, emails: 1000, texts: 1000, letters: 1600, work: 1440 },
}

/**
 * What these would cost by a rate card, in units, reckoned by the functions that count segments and that charge. What there is none of has
 * no line. Refuses: invalid, naming each field.
 */
export async function calculateCost(
  sql: Sql,
  prices: RateCard,
  question: CostQuestion,
): Promise<{ lines: CostLine[]; units: bigint }> {
  const whole = (field: keyof CostQuestion) => () => {
    const value = question[field]
    if (Number.isInteger(value) && value >= 0 && value <= mostOf[field]) return value
    return refuseField(field, `give a whole number from 0 to ${mostOf[field]}`)
  }
  const asked = checkAll({
    ...{ video: whole('video'), emails: whole('emails'), texts: whole('texts') },
    ...{ letters: whole('letters'), work: whole('work') },
  })
  // An empty text is sent as one segment, too.
  const segments = Math.max(1, segmentsOf('x'.repeat(asked.letters)))
  const things = [
    { channel: 'video', count: asked.video, quantity: asked.video * 60, times: 1 },
    { channel: 'email', count: asked.emails, quantity: 1, times: asked.emails },
    { channel: 'sms', count: asked.texts, quantity: segments, times: asked.texts, segments },
    { channel: 'work', count: asked.work, quantity: asked.work * 60, times: 1 },
  ] satisfies (Omit<CostLine, 'units'> & { quantity: number; times: number })[]
  const wanted = things.filter(({ count }) => count > 0)
  const rows = await sql.query<{ units: bigint }>(
    'calculate-cost',
    `select (price_of($1::jsonb, t.e ->> 'channel', (t.e ->> 'quantity')::int) * (t.e ->> 'times')::int)::bigint as units
     from jsonb_array_elements($2::jsonb) with ordinality t (e, at) order by t.at`,
    [JSON.stringify(prices), JSON.stringify(wanted)],
  )
  const lines = wanted.map(({ channel, count, segments: each }, at) => ({
    ...{ channel, count, units: rows[at]?.units ?? 0n },
    ...(each !== undefined && { segments: each }),
  }))
  return { lines, units: lines.reduce((sum, line) => sum + line.units, 0n) }
}
