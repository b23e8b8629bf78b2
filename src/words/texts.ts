import { enginesFor } from './liquid.ts'
import type { Words } from './words.ts'

/** The automatic texts by the name of their file in templates/sms. */
export interface Texts {
  'session-invitation': { shopName: string; agentName: string; joinUrl: string }
}

/** One automatic SMS in the language of `words`, as one line. Throws when a variable or words are not there. */
export function renderText<K extends keyof Texts>(template: K, words: Words, data: Texts[K]): string {
  const rendered = String(enginesFor(words).text.renderFileSync(`sms/${template}`, data))
  return rendered.replace(/\s+/g, ' ').trim()
}
