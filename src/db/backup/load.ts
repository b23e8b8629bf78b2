import { once } from 'node:events'
import type pg from 'pg'
import * as copyStreams from 'pg-copy-streams'
import { type Header, labelOf, type Manifest, type Table } from './archive.ts'
import { columnList, quote, readTables } from './tables.ts'

/** Takes the pieces of the tables as they come out of the archive, in order, and counts. */
export interface Loader {
  take(label: string, content: AsyncIterable<Buffer>): Promise<void>
  /** Ends the last table and compares with what the archive says it held. */
  finish(manifest: Manifest): Promise<void>
  /** Gives up a table that is half loaded; without it PostgreSQL would wait for the rest and take no rollback. */
  abort(): void
}

/** Empties every table of the target and returns what fills them again. Foreign keys and triggers must be off. */
export async function startLoading(client: pg.ClientBase, header: Header): Promise<Loader> {
  const present = await readTables(client)
  checkTables(header.tables, present)
  await client.query(`truncate ${present.map(quote).join(', ')}`)
  const loaded: Record<string, number> = {}
  let current: { label: string; copy: copyStreams.CopyStreamQuery; failure?: unknown } | undefined

  const endTable = async () => {
    if (!current) return
    const { label, copy, failure } = current
    current = undefined
    if (failure) throw failure
    copy.end()
    await once(copy, 'finish')
    loaded[label] = copy.rowCount
  }
  return {
    take: async (label, content) => {
      if (current?.label !== label) {
        await endTable()
        const table = { label, copy: startTable(client, header, label, loaded) }
        current = table
        // PostgreSQL may refuse a row between two pieces; unheard, that would end the process.
        table.copy.on('error', (failure) => Object.assign(table, { failure }))
      }
      for await (const chunk of content) {
        if (current.failure) throw current.failure
        if (!current.copy.write(chunk)) await once(current.copy, 'drain')
      }
    },
    abort: () => {
      if (!current?.failure) current?.copy.destroy()
    },
    finish: async (manifest) => {
      await endTable()
      for (const [label, count] of Object.entries(manifest.rows)) {
        const got = loaded[label] ?? 0
        if (got !== count)
          throw new Error(`The backup is damaged: ${label} should have ${count} rows and has ${got}.`)
      }
      await setSequences(client, manifest)
      await freeJobs(client)
    },
  }
}

function startTable(
  client: pg.ClientBase,
  header: Header,
  label: string,
  loaded: Record<string, number>,
): copyStreams.CopyStreamQuery {
  const table = header.tables.find((one) => labelOf(one) === label)
  if (!table || label in loaded) throw new Error(`The backup is damaged: ${label} was not expected there.`)
  return client.query(copyStreams.from(`copy ${quote(table)} (${columnList(table.columns)}) from stdin`))
}

function checkTables(wanted: Table[], present: Table[]): void {
  for (const table of wanted) {
    const here = present.find((one) => labelOf(one) === labelOf(table))
    const missing = table.columns.find((column) => !here?.columns.includes(column))
    if (missing)
      throw new Error(
        `The backup holds ${labelOf(table)}.${missing}, which this CreditDesk does not have. ` +
          'Restore it with the CreditDesk that made it, then update.',
      )
  }
}

async function setSequences(client: pg.ClientBase, manifest: Manifest): Promise<void> {
  for (const sequence of manifest.sequences) {
    if (sequence.value === null) await client.query(`alter sequence ${quote(sequence)} restart`)
    else await client.query('select setval($1::regclass, $2::bigint)', [quote(sequence), sequence.value])
  }
}

/** A job that a worker was running at the moment of the backup would otherwise wait four hours for that worker. */
async function freeJobs(client: pg.ClientBase): Promise<void> {
  for (const table of ['_private_jobs', '_private_job_queues'])
    await client.query(
      `update graphile_worker.${table} set locked_at = null, locked_by = null where locked_at is not null`,
    )
}
