/** Where nobody would find them by reading, further down. */
const longest = 200_000

/** A line such as those between parts, followed by a part's header or a blank line. */
const line = /(?:^|\n)--([^\r\n]{1,100})\r?\n(?:content-[a-z-]{1,40}:|\r?\n)/gi

/**
 * The boundary by which a body is really parted, for a multipart whose header names another one or none. Undefined when nothing in it
 * looks like the parts of a mail.
 */
export function findBoundary(body: Buffer): string | undefined {
  const text = body.subarray(0, longest).toString('latin1')
  for (const [whole, boundary = ''] of text.matchAll(line)) {
    // A signature begins so as well; a boundary has no blanks at its end.
    if (boundary.trim() === boundary && boundary !== '' && /content-/i.test(whole)) return boundary
  }
  return undefined
}
