import type {
  DeskStatementProps,
  PortalStatementProps,
  StatementLineProps,
  StatementProps,
} from '../../src/web/statement/props.ts'
import { frame } from './samples.ts'

const line = (
  over: Partial<StatementLineProps> & Pick<StatementLineProps, 'kind' | 'units' | 'balance'>,
): StatementLineProps => ({
  at: new Date('2026-11-03T09:14:00Z'),
  owedUnits: 0n,
  packageName: 'Support 10',
  source: 'order_line',
  ...over,
})

const order = { number: '731' }
const ticket = { number: 1042, subject: 'Checkout page is blank after the update' }

/** Each kind of movement, and each way that it may be told. */
export const statementLines: StatementProps['lines'] = [
  { ...line({ kind: 'grant', units: 1000n, balance: 1000n, order }) },
  {
    ...line({ kind: 'spend', units: -100n, balance: 900n, ticket, agent: 'Maja Kovač' }),
    message: { channel: 'email' },
    href: '/desk/tickets/1042#m-2',
  },
  line({ kind: 'spend', units: -50n, balance: 850n, ticket, message: { channel: 'work' }, agent: 'Luka' }),
  line({ kind: 'spend', units: -50n, balance: 800n, message: { channel: 'sms' } }),
  line({
    kind: 'post',
    units: -300n,
    balance: 500n,
    ticket,
    agent: 'Maja Kovač',
    session: { actualSeconds: 760, billedSeconds: 900 },
  }),
  line({ kind: 'reverse', units: 50n, balance: 550n, reason: 'no such mailbox' }),
  line({ kind: 'revoke', units: -550n, balance: 0n, owedUnits: 450n, order }),
  line({ kind: 'restore', units: 550n, balance: 550n, owedUnits: -450n, order }),
  line({ kind: 'grant', units: 200n, balance: 750n, source: 'goodwill', reason: 'reversed_after_expiry' }),
  line({ kind: 'grant', units: 300n, balance: 1050n, source: 'api', reason: '=HYPERLINK("x")' }),
  line({ kind: 'adjust', units: -50n, balance: 1000n }),
  line({ kind: 'move_in', units: 100n, balance: 1100n }),
  line({ kind: 'move_out', units: -100n, balance: 1000n }),
  line({ kind: 'expire', units: -200n, balance: 800n }),
  line({ kind: 'settle', units: -100n, balance: 700n }),
  line({ kind: 'forgive', units: 0n, balance: 700n, owedUnits: -100n }),
]

export const statement: StatementProps = {
  shopName: 'Trgovina Lipa',
  customerName: 'Žiga Čebašek',
  company: 'Čebelar d.o.o.',
  start: new Date('2026-10-31T23:00:00Z'),
  end: new Date('2026-11-30T22:59:59Z'),
  from: '2026-11-01',
  to: '2026-11-30',
  totals: {
    opening: 0n,
    granted: 1500n,
    restored: 550n,
    reversed: 50n,
    adjusted: -50n,
    moved: 0n,
    spent: 200n,
    posted: 300n,
    revoked: 550n,
    expired: 200n,
    settled: 100n,
    closing: 700n,
  },
  held: 100n,
  deficit: 200n,
  overdraft: 100n,
  lines: statementLines,
  backHref: '/portal/abc',
  previousHref: '/portal/abc/statement?from=2026-10-01&to=2026-10-31',
  nextHref: '/portal/abc/statement?from=2026-12-01&to=2026-12-31',
  csvHref: '/portal/abc/statement?from=2026-11-01&to=2026-11-30&format=csv',
  moreHref: '/portal/abc/statement?after=abc',
  action: '/portal/abc/statement',
  carried: { ticket: '7' },
  badPeriod: false,
}

export const portalStatement: PortalStatementProps = { ...frame, statement }

export const deskStatement: DeskStatementProps = {
  ...frame,
  shopName: 'Trgovina Lipa',
  agentName: 'Maja Kovač',
  lowBalance: 200n,
  mostCounted: 500,
  counts: {},
  statement,
}

export const emptyStatement: StatementProps = {
  ...statement,
  customerName: '',
  company: '',
  totals: {
    opening: 0n,
    granted: 0n,
    restored: 0n,
    reversed: 0n,
    adjusted: 0n,
    moved: 0n,
    spent: 0n,
    posted: 0n,
    revoked: 0n,
    expired: 0n,
    settled: 0n,
    closing: 0n,
  },
  held: 0n,
  deficit: 0n,
  overdraft: 0n,
  lines: [],
  badPeriod: true,
}
