import { describe, expect, it } from '@jest/globals'
import { renderLedgerAlarm } from '../../src/words/ledger-alarm.ts'
import { explainProblem, type ProblemFacts } from '../../src/words/ledger-problem.ts'
import { wordsFor } from '../../src/words/words.ts'

const words = wordsFor('en')

const problem = (changes: Partial<ProblemFacts>): ProblemFacts => ({
  customerId: '3',
  grantId: '12',
  figure: 'consumed',
  stored: '100',
  recomputed: '250',
  entries: ['9', '7'],
  entryCount: 2,
  ...changes,
})

describe('rule 2: each disagreement is explained', () => {
  it.each<[Partial<ProblemFacts>, string, string, RegExp]>([
    [
      {},
      'Grant 12 of customer 3: “consumed” stands at 1 credit, but its entries add up to 2.5 credits.',
      'Entries: 9, 7.',
      /set this figure of the grant to 250 units/,
    ],
    [
      { figure: 'cleared', entries: [], entryCount: 0 },
      'Grant 12 of customer 3: “settled or forgiven” stands at 1 credit, but its entries add up to 2.5 credits.',
      'No entry moves it.',
      /last backup/,
    ],
    [
      { figure: 'held_by_sessions', entryCount: 8 },
      'Grant 12 of customer 3: 1 credit stand as held, but sessions hold 2.5 credits.',
      'Newest of 8 entries: 9, 7.',
      /End the customer's open session/,
    ],
    [
      { figure: 'promised' },
      'Grant 12 of customer 3: its source promises 1 credit, but its entries entitle to 2.5 credits.',
      'Entries: 9, 7.',
      /send the order again/,
    ],
    [
      { figure: 'available', grantId: undefined },
      'Account of customer 3: “available” stands at 1 credit, but its grants add up to 2.5 credits.',
      '',
      /First mend .* set the account's figure to 250 units/,
    ],
    [
      { figure: 'message 5:17', grantId: undefined },
      'Message 5:17 says that it cost 1 credit, but the entries took 2.5 credits for it.',
      'Entries: 9, 7.',
      /set the units here to 250/,
    ],
    [
      { figure: 'session 9', grantId: undefined, entries: [], entryCount: 0 },
      'Session 9 says that it cost 1 credit, but the entries took 2.5 credits for it.',
      'No entry moves it.',
      /supervisor/,
    ],
  ])('%j', (changes, what, entries, mend) => {
    const said = explainProblem(words, problem(changes))
    expect([said.what, said.entries]).toEqual([what, entries])
    expect(said.mend).toMatch(mend)
  })
})

describe('the mail to the owners', () => {
  const alarm = (count: number) =>
    renderLedgerAlarm(words, {
      shopName: 'Example & Sons',
      agentName: 'Ana <i>',
      checkedAt: new Date('2026-03-02T02:30:00Z'),
      timeZone: 'Europe/Ljubljana',
      problemCount: count,
      problems: Array.from({ length: Math.min(count, 100) }, () => problem({})),
      deskUrl: 'https://help.example.test/desk',
    })

  it('says what is wrong, by which entries and how to mend it', () => {
    const { subject, text, html } = alarm(1)
    expect(subject).toBe('Example & Sons: 1 figure of the credits is wrong')
    expect(text).toContain('The nightly check of 2 Mar, 03:30')
    expect(text).toContain('- Grant 12 of customer 3: “consumed” stands at 1 credit')
    expect(text).toContain('Entries: 9, 7.\n  Entries cannot change')
    expect(text).toContain('Open the desk:\nhttps://help.example.test/desk\n')
    expect(html).toContain('href="https://help.example.test/desk"')
    expect(html).toContain('Ana &lt;i&gt;')
    for (const body of [text, html]) {
      expect(body).toContain('because you are an owner of Example')
      expect(body).not.toMatch(/private page|\{\{|undefined/)
    }
    expect(text).not.toMatch(/^\s|\n{3}|more\./)
  })

  it('counts what it does not list', () => {
    const { subject, text } = alarm(250)
    expect(subject).toContain('250 figures of the credits are wrong')
    expect(text.split('- Grant 12').length - 1).toBe(10)
    expect(text).toContain('- And 240 more.')
  })
})
