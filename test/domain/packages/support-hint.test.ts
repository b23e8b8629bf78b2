import { describe, expect, it } from '@jest/globals'
import { supportHint } from '../../../src/domain/packages/support-hint.ts'
import { codesSupport, namesSupport } from '../../../src/domain/packages/support-words.ts'

describe('an article whose name says support', () => {
  it.each([
    [
      'en',
      [
        'Support pack 10',
        'Premium SUPPORT (1 year)',
        'Help desk – 5 credits',
        '20 Credits',
        'Trial support credit',
      ],
    ],
    [
      'sl',
      ['Podpora 10', 'Paket podpore', 'Pomoč na daljavo', '20 kreditov', 'Dobroimetje za pomoč', 'POMOC'],
    ],
    ['el', ['Υποστήριξη 10 ωρών', 'ΠΑΚΕΤΟ ΥΠΟΣΤΗΡΙΞΗΣ', 'Βοήθεια από απόσταση', 'Τεχνική υποστηριξη']],
    ['fa', ['پشتیبانی تلفنی', 'پشتيباني', 'بسته‌ی پشتیبانی', 'اعتبار ۱۰ عددی', 'کمک از راه دور']],
    ['ru', ['Поддержка 10', 'Пакет поддержки', 'ТЕХПОДДЕРЖКА', '10 кредитов', 'Помощь на расстоянии']],
    [
      'de',
      [
        'Support-Paket',
        'Supportpaket 10',
        'Telefonsupport',
        'Unterstützung',
        'Unterstützungspaket',
        'Hilfe vor Ort',
        'Guthaben 50',
      ],
    ],
  ])('in %s', (_, names) => {
    expect(names.filter((name) => !namesSupport(name))).toEqual([])
  })
})

describe('an article that is something else', () => {
  it.each([
    [
      'en',
      [
        'Mug',
        'Mug “No drama llama”',
        'Supporter scarf',
        'Credit card holder',
        'Lumbar support cushion',
        'Phone support',
        'Suppository',
        'Self-help book',
        'Accreditation folder',
        'Helper gloves',
        'Whelp toy',
      ],
    ],
    [
      'sl',
      [
        'Skodelica',
        'Vrček z napisom',
        'Komplet prve pomoči',
        'Etui za kreditno kartico',
        'Pomočnik v kuhinji',
      ],
    ],
    ['el', ['Κούπα', 'Κουτί πρώτων βοηθειών', 'Πρώτες βοήθειες', 'Θήκη για πιστωτική κάρτα']],
    ['fa', ['لیوان', 'ماگ سرامیکی', 'جعبه کمک‌های اولیه', 'کیف کارت اعتباری']],
    [
      'ru',
      [
        'Кружка',
        'Чашка с надписью',
        'Аптечка первой помощи',
        'Набор «Первая помощь»',
        'Чехол для кредитной карты',
      ],
    ],
    [
      'de',
      [
        'Tasse',
        'Kaffeebecher',
        'Erste-Hilfe-Set',
        'Kreditkartenetui',
        'Einkaufshilfe',
        'Gehilfe',
        'Hilfeleistungslöschfahrzeug (Modell)',
      ],
    ],
    ['any', ['', '10', '—', '😀', 'x'.repeat(10_000)]],
  ])('in %s', (_, names) => {
    expect(names.filter(namesSupport)).toEqual([])
  })
})

describe('an article code', () => {
  it.each(['SUPPORT-10', 'support10', 'HELP_5', '10-CREDITS', 'PODPORA', 'ПОДДЕРЖКА-1'])(
    '%s says support',
    (sku) => {
      expect(codesSupport(sku)).toBe(true)
    },
  )
  it.each(['MUG-1', 'SUP-10', '', '4711', 'CRED-1', 'SUPPORTER-1'])('%j says nothing', (sku) => {
    expect(codesSupport(sku)).toBe(false)
  })
})

describe('why a line may need a package', () => {
  const packages = ['SUP-10', 'CARE-*', 'X1', 'ALPHA-BETA', 'HOTLINE'].map((matchValue) => ({
    matchKind: 'sku',
    matchValue,
  }))
  const hint = (sku: string, name = 'Mug', proposes = false) =>
    supportHint({ name, sku }, { proposes, packages })

  it('is what the product says, before name, SKU and likeness', () => {
    expect(hint('SUPPORT-1', 'Support', true)).toBe('proposal')
    expect(hint('SUPPORT-1', 'Support')).toBe('name')
    expect(hint('SUPPORT-1')).toBe('sku')
    expect(hint('SUP-20')).toBe('similar')
    expect(hint('MUG-1')).toBeUndefined()
  })

  it.each([
    ['sup20', 'similar'],
    [' SUP-20-B', 'similar'],
    ['SUPPER-1', undefined],
    ['CARE', 'similar'],
    ['CAREFUL', undefined],
    ['X2', undefined],
    ['ALPHA-GAMMA', 'similar'],
    ['ALPHABET', undefined],
    ['HOTLINE-2', undefined],
    ['', undefined],
  ])('of the SKU %j is %s', (sku, expected) => {
    expect(hint(sku)).toBe(expected)
  })

  it('is never an SKU of a package by product', () => {
    const other = [{ matchKind: 'product', matchValue: 'SUP-1' }]
    expect(supportHint({ name: 'Mug', sku: 'SUP-2' }, { proposes: false, packages: other })).toBeUndefined()
  })
})
