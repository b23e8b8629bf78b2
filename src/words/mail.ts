import { enginesFor } from './liquid.ts'
import type { Mails } from './mail-data.ts'
import { mailViews } from './mail-view.ts'
import type { Words } from './words.ts'

export interface RenderedMail {
  /** One line. */
  subject: string
  html: string
  text: string
}

/**
 * One mail of templates/email in the language of `words`. Whatever people typed is escaped in the HTML.
 * Throws when a template wants a variable or words that are not there.
 */
export function renderMail<K extends keyof Mails>(template: K, words: Words, data: Mails[K]): RenderedMail {
  return renderTemplate(template, words, mailViews[template](data, words))
}

/** The same from what the template prints. */
export function renderTemplate(template: string, words: Words, view: Record<string, unknown>): RenderedMail {
  const { html, text } = enginesFor(words)
  const scope = { ...view, locale: words.locale, dir: words.dir }
  // A line break in a ticket's subject must not end up as a header of its own.
  const subject = String(text.renderFileSync(`email/${template}/subject`, scope))
    .replace(/\s+/g, ' ')
    .trim()
  return {
    subject,
    html: String(html.renderFileSync(`email/${template}/html`, { ...scope, title: subject })),
    text: `${String(text.renderFileSync(`email/${template}/text`, scope)).trim()}\n`,
  }
}
