import type {
  DeskPeopleProps,
  PersonForm,
  PersonProps,
  PortalPeopleProps,
} from '../../src/web/people/props.ts'
import { frame, now } from './samples.ts'

const nothing = { written: 0, email: 0, sms: 0, portal: 0, workMinutes: 0, videoSeconds: 0, units: 0n }
const none = { period: nothing, all: nothing }

const person = (over: Partial<PersonProps> & Pick<PersonProps, 'id' | 'name'>): PersonProps => ({
  email: `${over.id}@firm.example.test`,
  owner: false,
  buyer: false,
  maySeeStatement: false,
  state: 'here',
  me: false,
  ...none,
  ...over,
})

const emptyForm: PersonForm = { name: '', email: '', phone: '', maySeeStatement: false, problems: [] }

const jan = person({
  id: 'jan',
  name: 'Jan Vidmar',
  phone: '+38640123456',
  period: { ...nothing, written: 4, email: 3, units: 300n },
  all: { ...nothing, written: 21, email: 14, sms: 2, videoSeconds: 1510, workMinutes: 25, units: 2350n },
})

export const portalPeople: PortalPeopleProps = {
  ...frame,
  shopName: 'Trgovina Lipa',
  readerName: 'Žiga Čebašek',
  people: {
    accountName: 'Čebašek d.o.o.',
    people: [
      person({
        id: 'ziga',
        name: 'Žiga Čebašek',
        owner: true,
        buyer: true,
        maySeeStatement: true,
        me: true,
        period: { ...nothing, written: 1 },
        all: { ...nothing, written: 2, portal: 1, units: 100n },
      }),
      jan,
      person({ id: 'sara', name: 'سارا محمدی', maySeeStatement: true, state: 'invited' }),
      person({ id: 'old', name: 'Dmitrij Orlov', state: 'removed', all: { ...nothing, units: 550n } }),
    ],
    nobody: none,
    total: {
      period: { ...nothing, written: 5, email: 3, units: 300n },
      all: {
        ...nothing,
        written: 23,
        email: 14,
        sms: 2,
        portal: 1,
        videoSeconds: 1510,
        workMinutes: 25,
        units: 3000n,
      },
    },
    start: new Date('2026-10-31T23:00:00Z'),
    end: new Date('2026-11-30T22:59:59Z'),
    from: '2026-11-01',
    to: '2026-11-30',
    badPeriod: false,
    backHref: '/portal/abc',
    path: '/portal/abc/people',
    carried: {},
    adding: emptyForm,
  },
}

export const refusedPerson: PersonForm = {
  name: '',
  email: 'nonsense',
  phone: '12',
  maySeeStatement: true,
  problems: ['name', 'email', 'phone', 'maySeeStatement', 'contactId', 'people'],
}

export const deskPeople: DeskPeopleProps = {
  ...frame,
  now,
  shopName: 'Trgovina Lipa',
  agentName: 'Maja Kovač',
  lowBalance: 200n,
  mostCounted: 500,
  counts: {},
  people: {
    ...portalPeople.people,
    people: portalPeople.people.people.map((one) => ({ ...one, me: false })),
    path: '/desk/customers/7/people',
    carried: { ticket: '3' },
    backHref: '/desk/tickets/3#newest',
  },
}

/** The person whom the acts of the samples are about. */
export const somebody = jan
