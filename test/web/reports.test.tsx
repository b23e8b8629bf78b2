import { describe, expect, it } from '@jest/globals'
import { loadAssets } from '../../src/web/assets.ts'
import { renderReports } from '../../src/web/reports/page.tsx'
import { emptyReports, reports } from './reports-samples.ts'

const textOf = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/[\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')

const text = textOf(renderReports(reports))

describe('the page of the reports', () => {
  it('shows outstanding credits by month and package, and their sum', () => {
    for (const line of [
      'Dec 2026 Support pack 10 1,000.00 1.00 0.00 1,001.00',
      'No end Goodwill 2.50',
      'Added by hand or a program 2.50',
      'Imported 2.50',
      'Total 1,290.00 1.00 7.00 1,298.00',
    ]) {
      expect(text).toContain(line)
    }
  })

  it('shows sold and given credits apart and together, with the columns that something moved in', () => {
    expect(text).toContain('Month Beginning Sold Spent Taken back Expired End')
    expect(text).toContain('Nov 2026 1,234.00 +100.00 −34.50 −5.00 0.00 1,294.50')
    expect(text).toContain('Month Beginning Given Spent Taken back Expired Corrected End')
    expect(text).toContain('Sold and given')
    expect(text).toContain('2 credits of what customers owed was written off')
    expect(text).not.toContain('Moved between customers')
  })

  it('names the days of a month that the period cuts', () => {
    expect(text).toContain('Oct 2026 15 Oct 2026 to 31 Oct 2026')
    expect(text).not.toContain('1 Nov 2026 to 30 Nov 2026')
  })

  it('shows what a credit cost, as fine as it is, and money that is not yet earned', () => {
    expect(text).toContain('Nov 2026 10 100.00 €1,125.00 €247.50 €11.3333')
    expect(text).toContain('Package without a name JPY')
    expect(text).toContain('Deferred now €100,000.00')
    expect(text).toContain('from credits that expired: €1,200.00')
    expect(text).toContain('payments that are contested: €87.50')
    expect(text).toContain('Nov 2026 €99,000.00 €1,125.00 €137.50 -€12.50 €0.00 €100,000.00')
  })

  it('says what will be here, and when the asked period is none', () => {
    const empty = textOf(renderReports(emptyReports))
    for (const words of [
      'That period cannot be shown.',
      'Nobody has credits.',
      'Nothing moved in this period.',
      'Nobody has bought a package yet.',
      'Nobody has paid for credits yet.',
    ]) {
      expect(empty).toContain(words)
    }
  })

  it('marks where it is in the rail, and links each file', () => {
    const html = renderReports(reports)
    expect(html).toContain('href="/desk/reports" class="office" aria-current="page"')
    for (const file of ['/o.csv', '/m.csv', '/p.csv', '/d.csv']) expect(html).toContain(`href="${file}"`)
  })

  it('is printed across, without the tools', () => {
    const { body } = loadAssets().css
    expect(body).toMatch(/@page reports \{\s*size: A4 landscape;/)
    expect(body).toMatch(/\.reports-page :is\(\.rail, \.tools, [^{]*\) \{\s*display: none;/)
  })

  it('escapes what people wrote', () => {
    const attack = '"><script>alert(1)</script>'
    const rows = reports.reports.outstanding.rows.map((row) => ({
      ...row,
      origin: { name: attack, source: null },
    }))
    const outstanding = { ...reports.reports.outstanding, rows }
    const html = renderReports({ ...reports, shopName: attack, reports: { ...reports.reports, outstanding } })
    expect(html).not.toContain('<script>alert')
  })
})
