import { join } from 'node:path'
import { Liquid } from 'liquidjs'
import { paragraphs } from './paragraphs.ts'
import { projectRoot } from './root.ts'
import type { Words } from './words.ts'

export interface Engines {
  /** Escapes every value that a template prints. */
  html: Liquid
  /** Escapes nothing: plain text and subjects. */
  text: Liquid
}

const cache = new WeakMap<Words, Engines>()

/** The template engines that speak one language; made once for each, with parsed templates kept. */
export function enginesFor(words: Words): Engines {
  let engines = cache.get(words)
  if (!engines) {
    engines = { html: makeEngine(words, true), text: makeEngine(words, false) }
    cache.set(words, engines)
  }
  return engines
}

function makeEngine(words: Words, escaped: boolean): Liquid {
  const engine = new Liquid({
    root: join(projectRoot, 'templates'),
    extname: '.liquid',
    cache: true,
    // A variable that a template wants and nobody gave is a mail with a hole in it: better no mail and an error.
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    ...(escaped ? { outputEscape: 'escape' as const } : {}),
  })
  engine.registerFilter('t', (key: string, ...values: [string, unknown][]) =>
    words.t(key, Object.fromEntries(values)),
  )
  engine.registerFilter('credits', (units: bigint) => words.creditsPhrase(units))
  engine.registerFilter('amount', (units: bigint) => words.credits(units))
  engine.registerFilter('day', (value: Date, timeZone: string) => words.date(value, timeZone))
  engine.registerFilter('duration', (seconds: number) => words.duration(seconds))
  engine.registerFilter('paragraphs', { raw: true, handler: paragraphs })
  return engine
}
