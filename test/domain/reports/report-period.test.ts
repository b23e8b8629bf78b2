import { describe, expect, it } from '@jest/globals'
import { Refused } from '../../../src/domain/refusal.ts'
import { readReportPeriod } from '../../../src/domain/reports/report-period.ts'

const now = new Date('2026-03-15T10:00:00Z')
const read = (asked: { from?: string; to?: string }) => readReportPeriod(asked, now, 'Europe/Ljubljana')

describe('the period of a report', () => {
  it.each([
    [{}, '2025-04-01', '2026-03-31', 12],
    [{ from: '2025-10-01' }, '2025-10-01', '2026-03-31', 6],
    [{ from: '2020-10-05' }, '2020-10-05', '2021-09-30', 12],
    [{ from: '2026-05-10' }, '2026-05-10', '2026-05-31', 1],
    [{ to: '2025-06-15' }, '2024-07-01', '2025-06-15', 12],
    [{ from: '2026-01-20', to: '2026-01-20' }, '2026-01-20', '2026-01-20', 1],
    [{ from: '2024-04-01', to: '2026-03-31' }, '2024-04-01', '2026-03-31', 24],
  ])('%j', (asked, from, to, months) => {
    const period = read(asked)
    expect([period.from, period.to, period.months.length]).toEqual([from, to, months])
    expect(period.bounds).toHaveLength(months + 1)
    expect([period.bounds[0], period.bounds.at(-1)]).toEqual([period.start, period.end])
  })

  it('begins each month at its midnight on the shop clock, also when the clocks change', () => {
    const { bounds, months } = read({ from: '2026-02-14', to: '2026-04-02' })
    expect(bounds.map((bound) => bound.toISOString())).toEqual([
      '2026-02-13T23:00:00.000Z',
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
      '2026-04-02T22:00:00.000Z',
    ])
    expect(months).toEqual([
      { month: '2026-02', from: '2026-02-14', to: '2026-02-28' },
      { month: '2026-03', from: '2026-03-01', to: '2026-03-31' },
      { month: '2026-04', from: '2026-04-01', to: '2026-04-02' },
    ])
  })

  it.each([
    [{ from: 'x' }, 'from'],
    [{ to: '2026-02-30' }, 'to'],
    [{ from: '2026-03-02', to: '2026-03-01' }, 'from'],
    [{ from: '2024-03-31', to: '2026-03-31' }, 'to'],
  ])('refuses %j by its field', (asked, field) => {
    let refusal: unknown
    try {
      read(asked)
    } catch (error) {
      refusal = error instanceof Refused ? error.refusal : error
    }
    expect(refusal).toMatchObject({ code: 'invalid', fields: [{ field }] })
  })
})
