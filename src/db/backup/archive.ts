import { z } from 'zod'

// The archive is a .tar.gz: header.json, database/SCHEMA.TABLE/N.copy (PostgreSQL's COPY text, cut into pieces because
// tar wants to know a length beforehand), blobs/..., secret.key, and manifest.json, which only a complete archive has.

export const archiveVersion = 1

const table = z.object({ schema: z.string(), name: z.string(), columns: z.array(z.string()).min(1) })

export const headerSchema = z.object({
  format: z.literal('creditdesk-backup'),
  version: z.number().int(),
  /** ISO time. */
  createdAt: z.string(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  /** The newest migration of the job queue's tables. */
  queueMigration: z.number().int(),
  tables: z.array(table),
})

export const manifestSchema = z.object({
  /** Rows by SCHEMA.TABLE. */
  rows: z.record(z.string(), z.number().int()),
  /** The last value that was given out, as text because it may exceed what a number holds; null when none was. */
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), value: z.string().nullable() })),
  blobs: z.number().int(),
  /** Whether secret.key is in the archive. It is not when the key comes from the environment. */
  key: z.boolean(),
})

export type Table = z.infer<typeof table>
export type Header = z.infer<typeof headerSchema>
export type Manifest = z.infer<typeof manifestSchema>

/** SCHEMA.TABLE, as it is named in the archive. */
export function labelOf(one: { schema: string; name: string }): string {
  return `${one.schema}.${one.name}`
}
