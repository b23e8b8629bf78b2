import { describe, expect, it, jest } from '@jest/globals'
import { loadLocales, type MissingWord, onMissingWord } from '../../src/words/locales.ts'
import { ticketOpenedNote } from '../../src/words/notes.ts'
import { knownLocales, wordsFor } from '../../src/words/words.ts'

const words = wordsFor('en')

describe('languages', () => {
  it('start with English and are the folders of templates/locales', () => {
    expect(knownLocales()[0]).toBe('en')
    expect(knownLocales()).toBe(knownLocales())
  })

  it.each([undefined, '', 'en', 'en-US', 'EN_gb', 'xx', 'constructor', '../../etc'])(
    'answer English to %p',
    (wanted) => {
      expect(wordsFor(wanted)).toBe(words)
      expect(words.dir).toBe('ltr')
    },
  )

  it('are loaded without a line on stdout or stderr', async () => {
    const spies = [
      jest.spyOn(process.stdout, 'write').mockReturnValue(true),
      jest.spyOn(process.stderr, 'write').mockReturnValue(true),
      ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
        jest.spyOn(console, level).mockReturnValue(undefined),
      ),
    ]
    try {
      await jest.isolateModulesAsync(async () => {
        const fresh = await import('../../src/words/locales.ts')
        expect(fresh.loadLocales().i18n).not.toBe(loadLocales().i18n)
      })
      for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
  })
})

describe('words', () => {
  it.each([
    [0n, '0 credits'],
    [100n, '1 credit'],
    [50n, '0.5 credits'],
    [150n, '1.5 credits'],
    [1000n, '10 credits'],
    [123_456_700n, '1,234,567 credits'],
    [-100n, '-1 credit'],
  ])('put %p units in the right plural: %s', (units, phrase) => {
    expect(words.creditsPhrase(units)).toBe(phrase)
  })

  it('write numbers, money, dates and spans', () => {
    const day = new Date('2027-11-21T23:30:00Z')
    expect(words.credits(250n)).toBe('2.5')
    expect(words.number(1234.567)).toBe('1,234.57')
    expect(words.money('125.00', 'EUR')).toBe('€125.00')
    expect(words.money('125.00', 'eur')).toBe('€125.00')
    expect(words.money('125.00', '??')).toBe('125.00 ??')
    expect(words.money('', '')).toBe('')
    expect(words.date(day, 'UTC')).toBe('21 Nov 2027')
    expect(words.date(day, 'Europe/Ljubljana')).toBe('22 Nov 2027')
    expect(words.dateTime(day, 'UTC')).toBe('21 Nov, 23:30')
    expect(words.dateTime(day, 'Europe/Ljubljana')).toBe('22 Nov, 00:30')
    expect(words.duration(760)).toBe('12 min 40 s')
    expect(words.duration(600)).toBe('10 min')
    expect(words.duration(59.6)).toBe('1 min')
    expect(words.duration(0)).toBe('0 s')
  })

  it.each([
    ['2026-11-22T12:00:00Z', 'now'],
    ['2026-11-22T12:00:30Z', 'now'],
    ['2026-11-22T11:56:00Z', '4 min'],
    ['2026-11-22T09:10:00Z', '2 h'],
    ['2026-11-21T23:30:00Z', '12 h'],
    ['2026-11-21T22:30:00Z', 'yesterday'],
    ['2026-11-19T12:00:00Z', '3 days'],
    ['2026-11-15T12:00:00Z', '15 Nov 2026'],
    ['2026-11-23T12:00:00Z', '23 Nov, 13:00'],
  ])('say of %s, seen at noon in Ljubljana on the 22nd: %s', (value, said) => {
    const now = new Date('2026-11-22T12:00:00Z')
    expect(words.relative(new Date(value), now, 'Europe/Ljubljana')).toBe(said)
  })

  it('name the ticket and its credits on an order', () => {
    expect(ticketOpenedNote(words, { number: 1042, grantedUnits: 1000n })).toBe(
      'Ticket 1042 opened, 10 credits.',
    )
  })
})

describe('missing words', () => {
  it('throw, so that a developer meets them at once', () => {
    expect(() => words.t('common:noSuchKey')).toThrow('common:noSuchKey')
    expect(() => words.t('nospace:key')).toThrow('key')
    expect(() => words.t('common:credits', { count: 2 })).toThrow('"n"')
  })

  it('are reported and shown as their key where that is asked for', () => {
    const seen: MissingWord[] = []
    const former = onMissingWord((missing) => seen.push(missing))
    try {
      expect(words.t('common:noSuchKey')).toBe('common:noSuchKey')
      expect(words.t('common:credits', { count: 2 })).toBe(' credits')
    } finally {
      onMissingWord(former)
    }
    expect(seen).toEqual([{ key: 'common:noSuchKey' }, { key: 'common:credits', value: 'n' }])
  })
})
