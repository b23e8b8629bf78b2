import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import type { z } from 'zod'
import { migrationsFolder } from '../../../prisma/history.ts'
import { codeOf } from '../error-code.ts'
import { archiveVersion, type Header, headerSchema, type Manifest, manifestSchema } from './archive.ts'
import { listFiles, moveInto } from './files.ts'
import type { Loader } from './load.ts'
import { replaceDatabase } from './replace.ts'

export interface RestoreResult {
  /** When the backup was taken; ISO time. */
  createdAt: string
  rows: number
  blobs: number
  /** False when the backup holds no key: SECRET_KEY must then be the one of the CreditDesk it comes from. */
  key: boolean
}

/**
 * Puts back what backup() wrote: the database in one transaction, so that a broken file changes nothing; then blobs
 * and key. A backup of an older CreditDesk is brought up to date; one of a newer is refused. Refuses a database that
 * holds data unless `overwrite` is set. A secret key that is replaced is kept beside as secret.key.TIME.
 * Throws with a sentence for the operator.
 */
export async function restore(options: {
  connectionString: string
  dataDir: string
  file: string
  overwrite?: boolean
  /** For tests. */
  folder?: string
}): Promise<RestoreResult> {
  const file = resolve(options.file)
  await mkdir(options.dataDir, { recursive: true })
  const staging = join(options.dataDir, `.restore-${randomUUID()}`)
  const entries = readArchive(file)
  try {
    const header = await readHeader(entries, file)
    let manifest: Manifest | undefined
    await replaceDatabase(
      { folder: migrationsFolder, overwrite: false, ...options, header },
      async (loader) => {
        manifest = await readContent(entries, loader, staging, file)
        // Before the commit: a blob too many harms nobody, and a row without its blob would.
        for await (const path of listFiles(join(staging, 'blobs')))
          await moveInto(options.dataDir, join('blobs', path), join(staging, 'blobs', path))
      },
    )
    if (!manifest) throw damaged(file, 'it ends too early')
    if (manifest.key) await replaceKey(options.dataDir, join(staging, 'secret.key'))
    const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0)
    return { createdAt: header.createdAt, rows, blobs: manifest.blobs, key: manifest.key }
  } catch (error) {
    throw explain(file, error)
  } finally {
    await entries.return(undefined)
    await rm(staging, { recursive: true, force: true })
  }
}

interface Entry {
  name: string
  content: Readable
}

/** The archive's files one after the other; each must be read to its end before the next. */
async function* readArchive(file: string): AsyncGenerator<Entry, void, undefined> {
  const tar = extract()
  const source = createReadStream(file)
  const reading = pipeline(source, createGunzip(), tar)
  reading.catch(() => undefined)
  try {
    for await (const entry of tar) {
      const content = Readable.from(entry)
      yield { name: entry.header.name, content }
      content.resume()
    }
    await reading
  } finally {
    source.destroy()
  }
}

async function readHeader(entries: AsyncGenerator<Entry>, file: string): Promise<Header> {
  const { value: first, done } = await entries.next()
  if (done || first.name !== 'header.json') throw damaged(file, 'it is not a backup of CreditDesk')
  const header = await readJson(first, headerSchema, file)
  if (header.version > archiveVersion)
    throw new Error(`${file} was written by a newer CreditDesk. Update this one, then restore.`)
  return header
}

async function readContent(
  entries: AsyncGenerator<Entry>,
  loader: Loader,
  staging: string,
  file: string,
): Promise<Manifest> {
  let blobs = 0
  let key = false
  let manifest: Manifest | undefined
  for await (const entry of entries) {
    const table = /^database\/([^/]+)\/\d+\.copy$/.exec(entry.name)?.[1]
    if (table !== undefined) await loader.take(table, entry.content)
    else if (entry.name === 'manifest.json') manifest = await readJson(entry, manifestSchema, file)
    else if (entry.name === 'secret.key' || isBlob(entry.name)) {
      await save(entry, join(staging, entry.name))
      if (entry.name === 'secret.key') key = true
      else blobs += 1
    } else throw damaged(file, `${entry.name} was not expected in it`)
  }
  if (!manifest) throw damaged(file, 'it ends too early')
  if (manifest.blobs !== blobs || manifest.key !== key) throw damaged(file, 'files are missing in it')
  await loader.finish(manifest)
  return manifest
}

/** A name with ".." would write outside DATA_DIR. */
function isBlob(name: string): boolean {
  return (
    name.startsWith('blobs/') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  )
}

async function save(entry: Entry, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await pipeline(entry.content, createWriteStream(target, { mode: 0o600 }))
}

async function readJson<T>(entry: Entry, schema: z.ZodType<T>, file: string): Promise<T> {
  const chunks: Buffer[] = []
  for await (const chunk of entry.content) chunks.push(chunk)
  let value: unknown
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    value = undefined
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw damaged(file, `${entry.name} can't be understood`)
  return parsed.data
}

async function replaceKey(dataDir: string, restored: string): Promise<void> {
  const file = join(dataDir, 'secret.key')
  const present = await readFile(file).catch(() => undefined)
  if (present?.equals(await readFile(restored))) return
  if (present) await rename(file, `${file}.${new Date().toISOString().replaceAll(':', '-')}`)
  await moveInto(dataDir, 'secret.key', restored)
}

function damaged(file: string, what: string): Error {
  return new Error(`${file} can't be restored: ${what}. Nothing was changed.`)
}

/** Turns what Node, tar and PostgreSQL say into a sentence for the operator. */
function explain(file: string, error: unknown): unknown {
  const foreign = 'it is not a backup of CreditDesk, or it is damaged'
  if (/tar header|Unexpected end of data/i.test(String(error))) return damaged(file, foreign)
  switch (codeOf(error)) {
    case 'ENOENT':
      return existsSync(file) ? error : new Error(`${file} does not exist.`)
    case 'Z_BUF_ERROR':
      return damaged(file, 'it ends too early')
    case 'Z_DATA_ERROR':
      return damaged(file, foreign)
    case '55P03':
      return new Error(
        'Another process is using the database. Stop the server and the workers of CreditDesk, then restore. Nothing was changed.',
        { cause: error },
      )
    default:
      return error
  }
}
