import type { MovementFigures, ReportsPageProps, ReportsProps } from '../../src/web/reports/props.ts'
import { frame } from './samples.ts'

const figures = (over: Partial<MovementFigures> = {}): MovementFigures => ({
  opening: 0n,
  granted: 0n,
  restored: 0n,
  spent: 0n,
  reversed: 0n,
  revoked: 0n,
  expired: 0n,
  adjusted: 0n,
  moved: 0n,
  settled: 0n,
  closing: 0n,
  forgiven: 0n,
  ...over,
})

const sold = figures({ opening: 123_400n, granted: 10_000n, spent: 3_450n, revoked: 500n, closing: 129_450n })
const given = figures({ granted: 500n, adjusted: -50n, expired: 100n, closing: 350n, forgiven: 200n })
const all = figures({
  opening: 123_400n,
  granted: 10_500n,
  spent: 3_450n,
  revoked: 500n,
  adjusted: -50n,
  expired: 100n,
  closing: 129_800n,
  forgiven: 200n,
})

const none = figures()
const price = { purchases: 10, units: 10_000n, paid: '1125.00', tax: '247.50', perCredit: '11.2500' }

const props: ReportsProps = {
  from: '2026-10-15',
  to: '2026-11-30',
  start: new Date('2026-10-14T22:00:00Z'),
  end: new Date('2026-11-30T22:59:59Z'),
  badPeriod: false,
  choices: { lastMonths: '/desk/reports', thisYear: '/desk/reports?a', lastYear: '/desk/reports?b' },
  files: { outstanding: '/o.csv', movements: '/m.csv', prices: '/p.csv', deferred: '/d.csv' },
  outstanding: {
    total: { available: 129_000n, held: 100n, frozen: 700n, total: 129_800n },
    rows: [
      {
        expiryMonth: '2026-12',
        origin: { name: 'Support pack 10', source: null },
        available: 100_000n,
        held: 100n,
        frozen: 0n,
        total: 100_100n,
      },
      {
        expiryMonth: '2026-12',
        origin: { name: 'بسته پشتیبانی ۱۰ تایی', source: null },
        available: 28_000n,
        held: 0n,
        frozen: 700n,
        total: 28_700n,
      },
      ...(['goodwill', 'api', 'import', 'order_line'] as const).map((source) => ({
        expiryMonth: null,
        origin: { name: null, source },
        available: 250n,
        held: 0n,
        frozen: 0n,
        total: 250n,
      })),
    ],
  },
  movements: {
    months: [
      { month: '2026-10', from: '2026-10-15', to: '2026-10-31', sold: none, given: none, all: none },
      { month: '2026-11', from: '2026-11-01', to: '2026-11-30', sold, given, all },
    ],
    total: { sold, given, all },
  },
  prices: [
    {
      origin: { name: 'Support pack 10', source: null },
      currency: 'EUR',
      all: price,
      months: [
        { month: '2026-11', ...price, perCredit: '11.3333' },
        { month: '2026-12', purchases: 0, units: -1000n, paid: '-12.50', tax: '-2.75', perCredit: null },
      ],
    },
    { origin: { name: '', source: null }, currency: 'JPY', all: { ...price, paid: '1125' }, months: [] },
  ],
  deferred: [
    {
      currency: 'EUR',
      now: {
        paid: '125000.00',
        refunded: '500.00',
        earned: '24500.00',
        breakage: '1200.00',
        deferred: '100000.00',
        frozen: '87.50',
      },
      months: [
        {
          month: '2026-11',
          from: '2026-11-01',
          to: '2026-11-30',
          opening: '99000.00',
          paid: '1125.00',
          refunded: '137.50',
          earned: '-12.50',
          breakage: '0.00',
          closing: '100000.00',
        },
      ],
    },
  ],
}

export const reports: ReportsPageProps = {
  ...frame,
  shopName: 'Trgovina Lipa',
  agentName: 'Maja Kovač',
  lowBalance: 200n,
  mostCounted: 500,
  counts: {},
  seesReports: true,
  reports: props,
}

export const emptyReports: ReportsPageProps = {
  ...reports,
  reports: {
    ...props,
    badPeriod: true,
    outstanding: { total: { available: 0n, held: 0n, frozen: 0n, total: 0n }, rows: [] },
    movements: { months: [], total: { sold: none, given: none, all: none } },
    prices: [],
    deferred: [],
  },
}
