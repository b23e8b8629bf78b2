import { refuseField } from '../refusal.ts'

/** Mail servers take messages of about 25 MB, and base64 adds a third. */
export const mostFileBytes = 10_000_000
export const mostBytesTogether = 15_000_000
export const mostFiles = 10

const longestName = 120

/** The name as it is shown and sent: without folders and without what could break a line or hide the ending. */
export function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const clean = last
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (clean.length <= longestName) return clean || 'file'
  const [ending = ''] = /\.[\p{L}\p{N}]{1,8}$/u.exec(clean) ?? []
  return clean.slice(0, longestName - ending.length) + ending
}

/** Whatever else a browser calls a file, it is told as bytes; nothing is ever shown by it (pages/files.ts). */
export function cleanType(mediaType: string): string {
  return /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/.test(mediaType)
    ? mediaType.toLowerCase()
    : 'application/octet-stream'
}

/** Refuses: invalid (files). */
export function requireFileLimits(files: readonly { name: string; size: number }[]): void {
  const empty = files.find(({ size }) => size === 0)
  if (empty) refuseField('files', `"${empty.name}" is empty; choose another file`)
  const large = files.find(({ size }) => size > mostFileBytes)
  if (large)
    refuseField('files', `"${large.name}" is larger than ${mostFileBytes / 1_000_000} MB; send a link to it`)
  if (files.length > mostFiles) refuseField('files', `send at most ${mostFiles} files with one message`)
  if (files.reduce((sum, { size }) => sum + size, 0) > mostBytesTogether)
    refuseField(
      'files',
      `the files of one message may have ${mostBytesTogether / 1_000_000} MB together; remove some`,
    )
}
