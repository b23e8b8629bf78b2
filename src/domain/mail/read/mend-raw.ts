export const longestHeader = 256 * 1024

/** A mail whose lines, header and text can be told from each other, whatever became of them on the way. */
export function mendRaw(raw: Buffer, faults: string[]): Buffer {
  return withShortHeader(withBody(withLineFeeds(raw)), faults)
}

/** Lines of old programs end with a carriage return alone. Blank lines before the header would end it before it begins. */
function withLineFeeds(raw: Buffer): Buffer {
  let start = raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0
  while (raw[start] === 0x0a || raw[start] === 0x0d) start += 1
  const mail = raw.subarray(start)
  const headerEnd = mail.indexOf('\r\r')
  const feed = mail.indexOf('\n')
  // A server on the way may have put its own line end below such a mail.
  if (!mail.includes(0x0d) || (feed >= 0 && (headerEnd < 0 || feed < headerEnd))) return mail
  return Buffer.from(mail.toString('latin1').replace(/\r\n?/g, '\n'), 'latin1')
}

/** Where no blank line ends the header, its end was lost on the way: the text begins at the first line that is none of it. */
function withBody(raw: Buffer): Buffer {
  if (raw.includes('\n\n') || raw.includes('\n\r\n')) return raw
  const text = raw.subarray(0, longestHeader).toString('latin1')
  // What does not even begin as a mail is none.
  if (!/^([!-9;-~]{1,200}[ \t]{0,5}:|From )/.test(text)) return raw
  const at = /\n(?![!-9;-~]{1,200}[ \t]{0,5}:|[ \t]|$)/.exec(text)?.index
  return at === undefined
    ? raw
    : Buffer.concat([raw.subarray(0, at + 1), Buffer.from('\n'), raw.subarray(at + 1)])
}

/** Of a header block without end only the beginning is read, so that what follows it is still found. */
function withShortHeader(raw: Buffer, faults: string[]): Buffer {
  const ends = [raw.indexOf('\n\n'), raw.indexOf('\n\r\n')].filter((at) => at >= 0)
  const end = ends.length === 0 ? raw.length : Math.min(...ends)
  if (end <= longestHeader) return raw
  faults.push(
    `a header of ${Math.round(end / 1024).toLocaleString('en')} kB, the first ${longestHeader / 1024} are read`,
  )
  const line = raw.lastIndexOf('\n', longestHeader)
  return Buffer.concat([
    raw.subarray(0, line < 0 ? longestHeader : line),
    Buffer.from('\n'),
    raw.subarray(end),
  ])
}
