import type { DeskFrame } from '../desk/props.ts'
import type { PageFrame } from '../props.ts'

export interface PersonTallyProps {
  written: number
  email: number
  sms: number
  portal: number
  workMinutes: number
  videoSeconds: number
  units: bigint
}

/** What was used in the period shown, and in all. */
export interface TalliesProps {
  period: PersonTallyProps
  all: PersonTallyProps
}

export interface PersonProps extends TalliesProps {
  id: string
  name: string
  email?: string
  phone?: string
  owner: boolean
  /** Name and addresses of the buyer come from the orders. */
  buyer: boolean
  maySeeStatement: boolean
  /** `invited`: the link was not confirmed yet. */
  state: 'here' | 'invited' | 'removed'
  /** True for the person who reads. */
  me: boolean
}

/** What can be done with somebody who is there. */
export const personActs = ['change', 'remove', 'owner', 'invite'] as const
export type PersonAct = (typeof personActs)[number]

/** Fields of a form about a person that were refused. */
export const personFields = [
  'name',
  'email',
  'phone',
  'maySeeStatement',
  'contactId',
  'people',
  'wait',
] as const
export type PersonField = (typeof personFields)[number]

export interface PersonForm {
  name: string
  email: string
  phone: string
  maySeeStatement: boolean
  problems: PersonField[]
}

export interface PeopleProps {
  accountName: string
  people: PersonProps[]
  nobody: TalliesProps
  total: TalliesProps
  /** First and last day of the period, as moments of them and as "2026-03-01". */
  start: Date
  end: Date
  from: string
  to: string
  /** True when the asked period could not be shown. */
  badPeriod: boolean
  backHref: string
  /** The page itself: its forms post there; `carried` stands in each address. */
  path: string
  carried: Record<string, string>
  adding: PersonForm
  /** The person who is being changed, or with whom something else is to be confirmed. */
  doing?: { act: PersonAct; person: PersonProps; form: PersonForm }
  done?: 'added' | 'changed' | 'removed' | 'handed_over' | 'invited'
}

export interface PortalPeopleProps extends PageFrame {
  shopName: string
  readerName: string
  people: PeopleProps
}

export interface DeskPeopleProps extends DeskFrame {
  people: PeopleProps
}
