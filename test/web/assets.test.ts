import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'
import { loadAssets } from '../../src/web/assets.ts'
import { countSms } from '../../src/web/browser/sms.ts'

const roots: string[] = []

function rootWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'creditdesk-assets-'))
  roots.push(root)
  for (const [path, body] of Object.entries({
    'src/web/styles/mark.svg': '<svg/>',
    'src/web/styles/mark-dotted.svg': '<svg />',
    ...files,
  })) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), body)
  }
  return root
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

describe('assets', () => {
  it('join the sheets in order and serve them under a hash', () => {
    const assets = loadAssets(
      rootWith({
        'src/web/styles/20-b.css': 'b {\n  c: d;\n}',
        'src/web/styles/10-a.css': '/* why */\na {}',
      }),
    )
    expect(assets.css.body.trim()).toBe('a {}\nb {\nc: d;\n}')
    expect(assets.css.href).toMatch(/^\/assets\/style-[0-9a-f]{10}\.css$/)
    const served = assets.serve(assets.css.href)
    expect(served?.body.toString()).toBe(assets.css.body)
    expect(served?.type).toBe('text/css; charset=utf-8')
    expect(served?.etag).toMatch(/^"[0-9a-f]{10}"$/)
  })

  it('change their address with their content', () => {
    const one = loadAssets(rootWith({ 'src/web/styles/a.css': 'a {}' }))
    const two = loadAssets(rootWith({ 'src/web/styles/a.css': 'b {}' }))
    expect(one.css.href).not.toBe(two.css.href)
    expect(two.serve(one.css.href)).toBeUndefined()
  })

  it('do without scripts that were not built, and serve nothing else', () => {
    const assets = loadAssets(rootWith({ 'src/web/styles/a.css': '', 'dist/assets/desk.js': 'x()' }))
    expect(assets.script('desk')).toMatch(/^\/assets\/desk-[0-9a-f]{10}\.js$/)
    expect(assets.script('session')).toBeUndefined()
    expect(assets.script('../../../etc/passwd')).toBeUndefined()
    expect(assets.serve('/assets/../package.json')).toBeUndefined()
    expect(assets.hrefs.scripts).toEqual({ desk: assets.script('desk') })
  })
})

describe('the count of an SMS while it is written', () => {
  it.each([
    ['', 0, 0, false],
    ['a'.repeat(160), 160, 1, false],
    ['a'.repeat(161), 161, 2, false],
    ['a'.repeat(306), 306, 2, false],
    ['a'.repeat(307), 307, 3, false],
    ['€'.repeat(80), 160, 1, false],
    ['č'.repeat(70), 70, 1, true],
    ['č'.repeat(71), 71, 2, true],
    [`${'a'.repeat(152)}€${'a'.repeat(10)}`, 164, 2, false],
  ])('%#', (text, characters, segments, unicode) => {
    expect(countSms(text)).toEqual({ characters, segments, unicode })
  })

  it('agrees with the calculator that prices it', () => {
    const letters = fc.constantFrom(...'abc XYZ 012 €[]{}\\^~| éèñü čšž Αθήνα سلام \n'.split(''))
    const texts = fc.array(letters, { minLength: 1, maxLength: 400 }).map((list) => list.join(''))
    fc.assert(
      fc.property(texts, (text) => {
        const theirs = new SegmentedMessage(text, 'auto')
        expect(countSms(text).segments).toBe(theirs.segmentsCount)
        expect(countSms(text).unicode).toBe(theirs.encodingName === 'UCS-2')
      }),
      { numRuns: 300 },
    )
  })
})
