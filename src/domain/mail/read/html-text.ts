import { compile, type FormatCallback } from 'html-to-text'
import sanitizeHtml from 'sanitize-html'
import { cleanText } from './clean-text.ts'

/** Stands before each line that the mail's program marked as not written anew, or hid. Text never contains it: see `plainText`. */
export const setAside = '\ue000'

/** Before lines that were hidden, until they are moved. */
const hiddenSign = '\ue001'

/** Signatures and attributions that programs mark in their HTML. */
const marked = [
  '.gmail_attr',
  '.gmail_signature',
  '.moz-cite-prefix',
  '.moz-signature',
  '.moz-forward-container',
  '.yahoo_quoted',
  '.protonmail_signature_block',
  'blockquote.protonmail_quote',
  'div.protonmail_quote',
  '#ms-outlook-mobile-signature',
  '#AppleMailSignature',
  'blockquote.gmail_quote',
  'blockquote[type="cite"i]',
  'blockquote[cite]',
]

/** What its writer never saw: previews for lists of mails, quotes that a program folded away, words that somebody slipped in. */
const hidden = [
  '[hidden]',
  ...[
    'display:none',
    'display: none',
    'visibility:hidden',
    'visibility: hidden',
    'mso-hide:all',
    'mso-hide: all',
  ].map((style) => `[style*="${style}"i]`),
]

const inline = { format: 'inlineSurround', options: { suffix: ' ' } }

function blockMarkedBy(sign: string): FormatCallback {
  return (element, walk, builder) => {
    builder.openBlock({ leadingLineBreaks: 1 })
    walk(element.children, builder)
    builder.closeBlock({
      trailingLineBreaks: 1,
      blockTransform: (text: string) => `${sign}${text.replaceAll('\n', `\n${sign}`)}`,
    })
  }
}

const convert = compile({
  wordwrap: false,
  // All of it: a second <body> further down would hide what stands above.
  baseElements: { selectors: [] },
  formatters: {
    aside: blockMarkedBy(setAside),
    hidden: blockMarkedBy(hiddenSign),
  },
  selectors: [
    { selector: 'a', format: 'inline' },
    ...['http:', 'https:', 'mailto:', 'tel:'].map((scheme) => ({
      selector: `a[href^="${scheme}"i]`,
      format: 'anchor',
      options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] as [string, string] },
    })),
    { selector: 'img', format: 'skip' },
    { selector: 'tr', format: 'block' },
    { selector: 'td', ...inline },
    { selector: 'th', ...inline },
    { selector: 'p', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ...['head', 'title', 'style', 'script', 'noscript', 'template', 'svg', 'math', 'select', 'object'].map(
      (selector) => ({ selector, format: 'skip' }),
    ),
    // Indented by its writer, unless its program says that it quotes.
    { selector: 'blockquote', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ...marked.map((selector) => ({ selector, format: 'aside' })),
    ...hidden.map((selector) => ({ selector, format: 'hidden' })),
  ],
})

/**
 * The text of a mail that has HTML only. What its program marked as quoted or signature has `setAside` before each line. So has what
 * it hid, which stands at the end: in its place it would look like the context of what is written below it.
 */
export function textOfHtml(html: string): string {
  const clean = plainText(html)
  try {
    const lines = convert(clean).split('\n')
    const isHidden = (line: string) => line.includes(hiddenSign)
    const words = lines.filter(isHidden).map((line) => setAside + line.replaceAll(hiddenSign, ''))
    return tidy([...lines.filter((line) => !isHidden(line)), ...words].join('\n'))
  } catch {
    // Nested deeper than the stack: the words without their form.
    return tidy(
      sanitizeHtml(clean, { allowedTags: [], allowedAttributes: {}, parser: { decodeEntities: true } }),
    )
  }
}

/** Text without the signs that are ours alone. */
export function plainText(text: string): string {
  return cleanText(text).replace(/[\ue000\ue001]/g, '')
}

function tidy(text: string): string {
  const lines = text
    .replaceAll('\u00a0', ' ')
    .replace(/[\u200b\u2060\ufeff]/g, '')
    .split('\n')
  // Programs make a blank line of several elements.
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
}
