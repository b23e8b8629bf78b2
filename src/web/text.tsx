/** Keeps a name in its own direction inside a sentence (Unicode isolates), where no element can stand. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`
}

/** A figure with its sign in front. The mark before it keeps the sign there in a sentence that runs from right to left. */
export function signed(sign: '+' | '−', figure: string, dir: 'ltr' | 'rtl'): string {
  return `${dir === 'rtl' ? '\u200e' : ''}${sign}${figure}`
}

/** Two letters for the round sign beside a message; the first of the first and the last word. */
export function initials(name: string): string {
  const parts = name.split(/\s+/).filter(Boolean)
  const first = parts[0]
  if (!first) return '?'
  const last = parts.length > 1 ? parts[parts.length - 1] : undefined
  return (firstLetter(first) + (last ? firstLetter(last) : '')).toLocaleUpperCase()
}

const firstLetter = (word: string) => [...word][0] ?? ''

/** What a person typed, with its line breaks; web addresses become links, a quoted tail is folded away. */
export function Prose(props: { text: string; quotedLabel: string }) {
  const { fresh, quoted } = splitQuote(props.text)
  return (
    <>
      {paragraphs(fresh).map((paragraph) => (
        <p dir="auto">{linked(paragraph)}</p>
      ))}
      {quoted && (
        <details class="quoted">
          <summary>{props.quotedLabel}</summary>
          <p dir="auto">{quoted}</p>
        </details>
      )}
    </>
  )
}

function paragraphs(text: string): string[] {
  return text
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter(Boolean)
}

/** Parts the lines that begin with ">" at the end of a mail, and the line that introduces them, from what is new. */
export function splitQuote(text: string): { fresh: string; quoted: string } {
  const lines = text.replaceAll('\r\n', '\n').trimEnd().split('\n')
  let start = lines.length
  while (start > 0 && (lines[start - 1]?.startsWith('>') || lines[start - 1]?.trim() === '')) start -= 1
  while (start < lines.length && !lines[start]?.startsWith('>')) start += 1
  if (start === lines.length) return { fresh: lines.join('\n'), quoted: '' }
  let introduction = start - 1
  while (introduction >= 0 && lines[introduction]?.trim() === '') introduction -= 1
  if (lines[introduction]?.trimEnd().endsWith(':')) start = introduction
  const fresh = lines.slice(0, start).join('\n')
  // A mail that is nothing but a quote would look empty; then the quote is the message.
  if (!fresh.trim()) return { fresh: lines.join('\n'), quoted: '' }
  return { fresh, quoted: lines.slice(start).join('\n') }
}

function linked(text: string) {
  return text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g).map((part, index) =>
    index % 2 === 1 ? (
      <a class="link" href={part} rel="noopener noreferrer nofollow" target="_blank" dir="ltr">
        {part}
      </a>
    ) : (
      part
    ),
  )
}
