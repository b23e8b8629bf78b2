import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { projectRoot } from '../../src/words/root.ts'
import { knownLocales } from '../../src/words/words.ts'

/* Keys that the scan cannot see because their last part is a code that the program knows: `problems:${code}`. */
const madeByCode = ['problems:']

const localesFolder = join(projectRoot, 'templates', 'locales')

function keysOf(locale: string): Set<string> {
  const keys = new Set<string>()
  const walk = (prefix: string, node: unknown) => {
    if (typeof node === 'string') keys.add(prefix)
    else {
      for (const [name, child] of Object.entries(node as object)) {
        walk(prefix.endsWith(':') ? prefix + name : `${prefix}.${name}`, child)
      }
    }
  }
  for (const file of readdirSync(join(localesFolder, locale))) {
    walk(`${file.replace('.json', '')}:`, JSON.parse(readFileSync(join(localesFolder, locale, file), 'utf8')))
  }
  return keys
}

function sources(): string {
  return (
    ['src', 'connectors', 'templates']
      .flatMap((folder) =>
        readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(ts|tsx|mjs|liquid)$/.test(file) && !/^generated[\\/]/.test(file))
          .map((file) => readFileSync(join(projectRoot, folder, file), 'utf8')),
      )
      .join('\n')
      // An example in a comment is no use of a key.
      .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  )
}

const plural = /_(zero|one|two|few|many|other)$/
const english = keysOf('en')
const englishBases = new Set([...english].map((key) => key.replace(plural, '')))
const namespaces = [...new Set([...english].map((key) => key.split(':')[0]))].join('|')
const text = sources()
const literals = new Set(
  [...text.matchAll(new RegExp(`['"\`]((?:${namespaces}):[A-Za-z0-9_.-]+)['"\`]`, 'g'))].map(
    (match) => match[1] ?? '',
  ),
)
const prefixes = [
  ...madeByCode,
  ...[...text.matchAll(new RegExp(`\`((?:${namespaces}):[A-Za-z0-9_.-]*)\\$\\{`, 'g'))].map(
    (match) => match[1] ?? '',
  ),
]

describe('keys of words', () => {
  it('are found by the scan at all', () => {
    expect(literals.size).toBeGreaterThan(20)
    expect(literals).toContain('mail:welcome.heading')
    expect(literals).toContain('common:credits')
  })

  it('stand in English when a page, mail or text asks for them', () => {
    expect([...literals].filter((key) => !englishBases.has(key)).sort()).toEqual([])
    expect(prefixes.filter((prefix) => ![...english].some((key) => key.startsWith(prefix)))).toEqual([])
  })

  it('are asked for somewhere, else they are dead weight for each translator', () => {
    const unused = [...english].filter(
      (key) => !literals.has(key.replace(plural, '')) && !prefixes.some((prefix) => key.startsWith(prefix)),
    )
    expect(unused.sort()).toEqual([])
  })

  it.each(knownLocales().map((locale) => [locale]))('in %s are keys of English', (locale) => {
    const extra = [...keysOf(locale)].filter((key) => !englishBases.has(key.replace(plural, '')))
    expect(extra).toEqual([])
  })
})
