import { readPeriod, type StatementPeriod } from '../credits/statement-period.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { loadPeople, type Person } from './people.ts'

/** What a person wrote, got and cost. */
export interface PersonTally {
  written: number
  /** Answers received. */
  email: number
  sms: number
  whatsapp: number
  portal: number
  workMinutes: number
  videoSeconds: number
  /** Credits in hundredths: charged less what was given back. */
  units: bigint
}

export interface TalliedPerson {
  /** Undefined: nobody in particular. */
  person?: Person
  period: PersonTally
  all: PersonTally
}

export interface PeopleList {
  customerName: string
  company: string
  timeZone: string
  period: StatementPeriod
  people: (TalliedPerson & { person: Person })[]
  nobody: TalliedPerson
  /** Of the whole account: the sum of the others. */
  total: { period: PersonTally; all: PersonTally }
}

const nothing: PersonTally = {
  written: 0,
  email: 0,
  sms: 0,
  whatsapp: 0,
  portal: 0,
  workMinutes: 0,
  videoSeconds: 0,
  units: 0n,
}

/**
 * The people of an account, removed ones last, each with what they used in a period (days of the shop's calendar, the current
 * month unless given) and in all. Refuses: not_found (customer), invalid (from, to).
 */
export async function listPeople(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; customerId: bigint; from?: string; to?: string },
): Promise<PeopleList> {
  const { shopId, customerId } = input
  const [account] = await deps.db.query<{ name: string; company: string; timezone: string }>(
    'account-of-people',
    `select c.name, c.company, s.timezone from customer c join shop s on s.id = c.shop_id where c.shop_id = $1 and c.id = $2`,
    [shopId, customerId],
  )
  if (!account) return refuse({ code: 'not_found', what: 'customer' })
  const period = readPeriod(input, deps.clock.now(), account.timezone)
  const [people, inPeriod, inAll] = await Promise.all([
    loadPeople(deps.db, input),
    readTallies(deps, { shopId, customerId, start: period.start, end: period.end }),
    readTallies(deps, { shopId, customerId }),
  ])
  const tallyOf = (id: bigint | null) => ({
    period: inPeriod.get(id) ?? nothing,
    all: inAll.get(id) ?? nothing,
  })
  return {
    customerName: account.name,
    company: account.company,
    timeZone: account.timezone,
    period,
    people: people.map((person) => ({ person, ...tallyOf(person.id) })),
    nobody: tallyOf(null),
    total: { period: sumOf([...inPeriod.values()]), all: sumOf([...inAll.values()]) },
  }
}

async function readTallies(
  deps: Pick<Deps, 'db'>,
  of: { shopId: bigint; customerId: bigint; start?: Date; end?: Date },
): Promise<Map<bigint | null, PersonTally>> {
  const rows = await deps.db.query<{
    id: bigint | null
    written: number
    emails: number
    texts: number
    whatsapps: number
    portals: number
    work_minutes: number
    video_seconds: number
    units: bigint
  }>(
    'contact-tally',
    `select contact_id as id, written, emails, texts, whatsapps, portals, work_minutes, video_seconds, units
     from contact_tally($1, $2, coalesce($3, '-infinity'::timestamptz), coalesce($4, 'infinity'::timestamptz))`,
    [of.shopId, of.customerId, of.start ?? null, of.end ?? null],
  )
  return new Map(
    rows.map((row) => [
      row.id,
      {
        written: row.written,
        email: row.emails,
        sms: row.texts,
        whatsapp: row.whatsapps,
        portal: row.portals,
        workMinutes: row.work_minutes,
        videoSeconds: row.video_seconds,
        units: row.units,
      },
    ]),
  )
}

function sumOf(tallies: readonly PersonTally[]): PersonTally {
  return tallies.reduce(
    (sum, one) => ({
      written: sum.written + one.written,
      email: sum.email + one.email,
      sms: sum.sms + one.sms,
      whatsapp: sum.whatsapp + one.whatsapp,
      portal: sum.portal + one.portal,
      workMinutes: sum.workMinutes + one.workMinutes,
      videoSeconds: sum.videoSeconds + one.videoSeconds,
      units: sum.units + one.units,
    }),
    nothing,
  )
}
