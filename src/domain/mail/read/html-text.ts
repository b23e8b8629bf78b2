import { compile } from 'html-to-text'
import sanitizeHtml from 'sanitize-html'
import { cleanText } from './clean-text.ts'

/** Stands before each line that the mail's program marked as not written anew. Text never contains it: see `plainText`. */
export const setAside = '\ue000'

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

const inline = { format: 'inlineSurround', options: { suffix: ' ' } }

const convert = compile({
  wordwrap: false,
  // All of it: a second <body> further down would hide what stands above.
  baseElements: { selectors: [] },
  formatters: {
    aside: (element, walk, builder) => {
      builder.openBlock({ leadingLineBreaks: 1 })
      walk(element.children, builder)
      builder.closeBlock({
        trailingLineBreaks: 1,
        blockTransform: (text: string) => `${setAside}${text.replaceAll('\n', `\n${setAside}`)}`,
      })
    },
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
  ],
})

/** The text of a mail that has HTML only. What its program marked as quoted or signature has `setAside` before each line. */
export function textOfHtml(html: string): string {
  const clean = plainText(html)
  try {
    return tidy(convert(clean))
  } catch {
    // Nested deeper than the stack: the words without their form.
    return tidy(
      sanitizeHtml(clean, { allowedTags: [], allowedAttributes: {}, parser: { decodeEntities: true } }),
    )
  }
}

/** Text without the sign that is ours alone. */
export function plainText(text: string): string {
  return cleanText(text).replaceAll(setAside, '')
}

function tidy(text: string): string {
  const lines = text.replaceAll('\u00a0', ' ').split('\n')
  // Programs make a blank line of several elements.
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
}
