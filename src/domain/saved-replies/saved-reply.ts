import { type FieldProblem, refuse } from '../refusal.ts'
import { unknownVariables, variables } from './variables.ts'

export interface SavedReply {
  id: bigint
  /** False: it is the reader's own. */
  shared: boolean
  /** '' for none. */
  folder: string
  name: string
  /** By language. */
  texts: Record<string, string>
  updatedAt: Date
}

export interface SavedReplyInput {
  shared: boolean
  folder: string
  name: string
  texts: Record<string, string>
}

const longest = { name: 80, folder: 60, text: 20_000 }
const mostLanguages = 20

/** Trimmed, without empty texts. Refuses: invalid (name, folder, texts), naming each unknown variable. */
export function checkSavedReply(input: SavedReplyInput): SavedReplyInput {
  const name = oneLine(input.name)
  const folder = oneLine(input.folder)
  const texts = Object.fromEntries(
    Object.entries(input.texts)
      .map(([locale, text]) => [locale, text.replace(/\r\n?/g, '\n').trim()] as const)
      .filter(([, text]) => text !== ''),
  )
  const fields: FieldProblem[] = []
  if (name === '' || name.length > longest.name)
    fields.push({ field: 'name', message: `give a name of at most ${longest.name} letters` })
  if (folder.length > longest.folder)
    fields.push({ field: 'folder', message: `shorten it to ${longest.folder} letters` })
  fields.push(...problemsOfTexts(texts))
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  return { shared: input.shared, folder, name, texts }
}

function problemsOfTexts(texts: Record<string, string>): FieldProblem[] {
  const locales = Object.keys(texts)
  if (locales.length === 0) return [{ field: 'texts', message: 'write a text in one language at least' }]
  if (locales.length > mostLanguages)
    return [{ field: 'texts', message: `give at most ${mostLanguages} languages` }]
  return Object.entries(texts).flatMap(([locale, text]) => {
    const field = `texts.${locale}`
    if (!/^[a-z]{2,3}$/.test(locale))
      return [{ field, message: 'name the language by two or three letters, such as sl' }]
    if (text.length > longest.text) return [{ field, message: `shorten it to ${longest.text} letters` }]
    if (text.includes('\u0000')) return [{ field, message: 'remove the NUL character' }]
    const unknown = unknownVariables(text)
    if (unknown.length === 0) return []
    const names = unknown.map((name) => `{{${name}}}`).join(', ')
    return [{ field, message: `${names} means nothing here; there are ${variables.join(', ')}` }]
  })
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

/** The text of the first of these languages that there is, else English, else any. */
export function textFor(texts: Record<string, string>, locales: readonly string[]): string {
  const wanted = [...locales.map((locale) => locale.split(/[-_]/)[0]?.toLowerCase() ?? ''), 'en']
  const found = wanted.find((locale) => texts[locale] !== undefined) ?? Object.keys(texts).sort()[0]
  return (found === undefined ? undefined : texts[found]) ?? ''
}
