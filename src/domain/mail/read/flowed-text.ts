/**
 * Lines of format=flowed (RFC 3676) put together again. Only lines of the same quote depth belong together: an answer written under a
 * quoted line that ends with a space is an answer.
 */
export function joinFlowed(text: string, delSp: boolean): string {
  const lines: string[] = []
  let pieces: string[] = []
  let depth = 0
  const finish = () => {
    if (pieces.length > 0) lines.push(`${'>'.repeat(depth)}${depth > 0 ? ' ' : ''}${pieces.join('')}`)
    pieces = []
  }
  for (const line of text.split('\n')) {
    const body = line.replace(/^>+/, '')
    const quoted = line.length - body.length
    const content = body.startsWith(' ') ? body.slice(1) : body
    if (quoted !== depth) finish()
    depth = quoted
    const soft = content.endsWith(' ') && content !== '-- '
    pieces.push(soft && delSp ? content.slice(0, -1) : content)
    if (!soft) finish()
  }
  finish()
  return lines.join('\n')
}
