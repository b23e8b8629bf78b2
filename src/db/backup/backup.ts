import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import * as copyStreams from 'pg-copy-streams'
import { pack as createPack, type Pack } from 'tar-stream'
import { readApplied } from '../../../prisma/history.ts'
import { appliedQueueMigration } from '../../../prisma/queue.ts'
import { archiveVersion, type Header, labelOf, type Manifest, type Table } from './archive.ts'
import { listFiles } from './files.ts'
import { columnList, quote, readSequences, readTables } from './tables.ts'

const pieceBytes = 1024 * 1024

export interface BackupResult {
  /** Absolute. */
  file: string
  bytes: number
  rows: number
  blobs: number
  /** False when the key comes from the environment: the archive is of no use without it. */
  key: boolean
}

/**
 * Writes the database, the blobs and the secret key into one .tar.gz, as they are at one moment, while CreditDesk goes
 * on working. Nothing is held in memory but a piece of a table. The file appears when it is complete, readable by its
 * owner only: it holds the key that opens the shops' secrets.
 */
export async function backup(options: {
  connectionString: string
  dataDir: string
  file: string
}): Promise<BackupResult> {
  const file = resolve(options.file)
  const partial = `${file}.partial`
  const client = new pg.Client({
    connectionString: options.connectionString,
    application_name: 'creditdesk-backup',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const pack = createPack()
    const [manifest] = await Promise.all([
      writeArchive(pack, client, options.dataDir),
      pipeline(pack, createGzip(), createWriteStream(partial, { mode: 0o600 })),
    ])
    await flush(partial)
    await rename(partial, file)
    const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0)
    return { file, bytes: (await stat(file)).size, rows, blobs: manifest.blobs, key: manifest.key }
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    await client.end()
  }
}

async function writeArchive(pack: Pack, client: pg.Client, dataDir: string): Promise<Manifest> {
  await client.query('begin isolation level repeatable read read only')
  await client.query('set local statement_timeout = 0')
  const migrations = await readApplied(client)
  if (migrations.length === 0)
    throw new Error('This database was never migrated: there is nothing to back up.')
  const header: Header = {
    format: 'creditdesk-backup',
    version: archiveVersion,
    createdAt: new Date().toISOString(),
    migrations,
    queueMigration: await appliedQueueMigration(client),
    tables: await readTables(client),
  }
  await addJson(pack, 'header.json', header)
  const manifest: Manifest = { rows: {}, sequences: [], blobs: 0, key: false }
  for (const table of header.tables) manifest.rows[labelOf(table)] = await addTable(pack, client, table)
  manifest.sequences = await readSequences(client)
  await client.query('commit')
  // After the database: a blob is written before the row that names it, so every row that was saved finds its own.
  for await (const path of listFiles(join(dataDir, 'blobs'))) {
    if (await addFile(pack, `blobs/${path}`, join(dataDir, 'blobs', path))) manifest.blobs += 1
  }
  manifest.key = await addFile(pack, 'secret.key', join(dataDir, 'secret.key'))
  await addJson(pack, 'manifest.json', manifest)
  pack.finalize()
  return manifest
}

/** Returns the number of rows. */
async function addTable(pack: Pack, client: pg.Client, table: Table): Promise<number> {
  const rows = client.query(copyStreams.to(`copy ${quote(table)} (${columnList(table.columns)}) to stdout`))
  let number = 0
  let waiting: Buffer[] = []
  let size = 0
  const write = async () => {
    number += 1
    await addEntry(pack, `database/${labelOf(table)}/${number}.copy`, size, waiting)
    waiting = []
    size = 0
  }
  for await (const chunk of rows) {
    waiting.push(chunk)
    size += chunk.length
    if (size >= pieceBytes) await write()
  }
  if (size > 0) await write()
  return rows.rowCount
}

function addJson(pack: Pack, name: string, value: Header | Manifest): Promise<void> {
  const text = Buffer.from(JSON.stringify(value, null, 2))
  return addEntry(pack, name, text.length, [text])
}

/** Returns false when the file is not there (any more). */
async function addFile(pack: Pack, name: string, path: string): Promise<boolean> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle) return false
  try {
    const { size } = await handle.stat()
    const content = size === 0 ? [] : handle.createReadStream({ end: size - 1, autoClose: false })
    await addEntry(pack, name, size, content)
    return true
  } finally {
    await handle.close()
  }
}

async function addEntry(
  pack: Pack,
  name: string,
  size: number,
  content: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const entry = pack.entry({ name, size, mode: 0o600 }, (error) => (error ? reject(error) : resolve()))
    entry.on('error', reject)
    const fill = async () => {
      for await (const chunk of content) if (!entry.write(chunk)) await once(entry, 'drain')
      entry.end(null)
    }
    fill().catch(reject)
  })
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.sync()
  await handle.close()
}
