import type { PageFrame } from '../../web/props.ts'
import { wordsFor } from '../../words/words.ts'
import type { HttpDeps } from '../http-deps.ts'

export interface Reader {
  /** Of the shop on the desk, of the customer on the portal; English where nobody is known. */
  locale?: string
  timeZone?: string
  /** From csrfTokenFor; empty on pages without a form. */
  csrf?: string
}

/** What every page needs besides its own matter. */
export function pageFrame(deps: HttpDeps, reader: Reader = {}): PageFrame {
  return {
    words: wordsFor(reader.locale),
    csrf: reader.csrf ?? '',
    assets: deps.assets.hrefs,
    now: deps.clock.now(),
    timeZone: reader.timeZone ?? 'UTC',
    sandbox: deps.mail.sandbox || deps.texting.sandbox,
  }
}
