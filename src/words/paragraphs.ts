/**
 * Plain text as HTML for a mail: paragraphs at blank lines, line breaks kept, indentation kept, http and https
 * addresses as links. Everything else is escaped; there is no way to bring markup in.
 */
export function paragraphs(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[ \t]*\n)+/)
    .map((block) => block.replace(/^\n+/, '').trimEnd())
    .filter((block) => block !== '')
    .map((block) => `<p dir="auto" style="margin:0 0 16px">${block.split('\n').map(line).join('<br>')}</p>`)
    .join('\n')
}

function line(text: string): string {
  const indent = /^[ \t]*/.exec(text)?.[0] ?? ''
  // Mail programs fold spaces, and an agent's code example without its indentation is wrong code.
  return indent.replaceAll('\t', '    ').replaceAll(' ', '&nbsp;') + linked(text.slice(indent.length))
}

function linked(text: string): string {
  let html = ''
  let end = 0
  // No real address is longer, and the trimming below takes time with the square of the length.
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'`]{1,2000}/gi)) {
    const url = withoutSentenceEnd(match[0])
    if (!URL.canParse(url)) continue
    html += escaped(text.slice(end, match.index))
    html += `<a href="${escaped(url)}" class="link" style="color:#0b6b57;word-break:break-word">${escaped(url)}</a>`
    end = match.index + url.length
  }
  return html + escaped(text.slice(end))
}

/** "see https://a.test/b." means the address without its full stop; "(https://a.test)" without its bracket. */
function withoutSentenceEnd(url: string): string {
  let kept = url.replace(/[.,;:!?*_~]+$/, '')
  while (kept.endsWith(')') && kept.split(')').length > kept.split('(').length) {
    kept = kept.slice(0, -1).replace(/[.,;:!?*_~]+$/, '')
  }
  return kept
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
