import type { Request } from 'express'
import {
  listPeople,
  type PeopleList,
  type PersonTally,
  type TalliedPerson,
} from '../../domain/customers/list-people.ts'
import { Refused } from '../../domain/refusal.ts'
import {
  type PeopleProps,
  type PersonForm,
  type PersonProps,
  personActs,
  type TalliesProps,
} from '../../web/people/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { queryText } from '../pages/form.ts'
import type { RefusedForm } from './people-form.ts'

export interface PeoplePage {
  shopId: bigint
  customerId: bigint
  /** Of the page itself. */
  path: string
  /** What its addresses carry along. */
  carried: Record<string, string>
  backHref: string
  /** The person who reads; undefined on the desk. */
  readerId?: bigint
  refused?: RefusedForm
}

const empty: PersonForm = { name: '', email: '', phone: '', maySeeStatement: false, problems: [] }
const dones = ['added', 'changed', 'removed', 'handed_over', 'invited'] as const

/** The page's own matter, with the days in the shop's time zone. Refuses: not_found (customer). */
export async function peopleProps(
  deps: HttpDeps,
  req: Request,
  page: PeoplePage,
): Promise<{ people: PeopleProps; timeZone: string }> {
  const { list, badPeriod } = await readList(deps, req, page)
  const people = list.people.map((one) => personOf(one, page.readerId))
  const doing = doingOf(req, people, page.refused)
  const done = dones.find((known) => known === queryText(req, 'done'))
  return {
    timeZone: list.timeZone,
    people: {
      accountName: list.company || list.customerName,
      people,
      nobody: talliesOf(list.nobody),
      total: talliesOf(list.total),
      start: list.period.start,
      end: new Date(list.period.end.getTime() - 1),
      from: list.period.from,
      to: list.period.to,
      badPeriod,
      backHref: page.backHref,
      path: page.path,
      carried: page.carried,
      adding: page.refused?.act === 'add' ? page.refused.form : empty,
      ...(doing && { doing }),
      ...(done && !page.refused && { done }),
    },
  }
}

/** A period that cannot be shown gives the current month, and says so. */
async function readList(
  deps: HttpDeps,
  req: Request,
  { shopId, customerId }: PeoplePage,
): Promise<{ list: PeopleList; badPeriod: boolean }> {
  const from = queryText(req, 'from')
  const to = queryText(req, 'to')
  const account = { shopId, customerId }
  try {
    const list = await listPeople(deps, {
      ...account,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })
    return { list, badPeriod: false }
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
    return { list: await listPeople(deps, account), badPeriod: true }
  }
}

function doingOf(
  req: Request,
  people: readonly PersonProps[],
  refused: RefusedForm | undefined,
): PeopleProps['doing'] {
  const act = refused ? refused.act : personActs.find((known) => queryText(req, known) !== undefined)
  if (act === undefined || act === 'add') return undefined
  const id = refused ? refused.contactId : toId(queryText(req, act))
  const person = people.find((one) => one.id === String(id) && one.state !== 'removed')
  if (!person) return undefined
  const typed = {
    name: person.name,
    email: person.email ?? '',
    phone: person.phone ?? '',
    maySeeStatement: person.maySeeStatement,
    problems: [],
  }
  return { act, person, form: refused?.form ?? typed }
}

function personOf({ person, ...tallies }: PeopleList['people'][number], readerId?: bigint): PersonProps {
  return {
    id: String(person.id),
    name: person.name,
    ...(person.email !== null && { email: person.email }),
    ...(person.phone !== null && { phone: person.phone }),
    owner: person.owner,
    buyer: person.buyer,
    maySeeStatement: person.maySeeStatement,
    state: person.removedAt !== null ? 'removed' : person.confirmedAt === null ? 'invited' : 'here',
    me: person.id === readerId,
    ...talliesOf(tallies),
  }
}

function talliesOf({ period, all }: Pick<TalliedPerson, 'period' | 'all'>): TalliesProps {
  return { period: figuresOf(period), all: figuresOf(all) }
}

function figuresOf({ whatsapp: _, ...tally }: PersonTally): TalliesProps['period'] {
  return tally
}
