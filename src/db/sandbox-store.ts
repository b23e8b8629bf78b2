import type { SandboxItem, SandboxStore } from '../ports/sandbox.ts'
import type { Sql } from './database.ts'

interface ItemRow {
  id: string
  kind: 'mail' | 'text'
  to: string
  from: string
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  at: Date
}

/** The sandbox's mailbox and phone in the database, so that web and worker see the same. A repeat of an id changes nothing. */
export function createSandboxStore(sql: Sql): SandboxStore {
  return {
    async put(item) {
      const [row] = await sql.query<{ id: string }>(
        'sandbox-put',
        `insert into sandbox_item (id, kind, "to", "from", subject, text, html, headers, at)
         values (coalesce($1, gen_random_uuid()::text), $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set at = sandbox_item.at returning id`,
        [
          item.id ?? null,
          item.kind,
          item.to,
          item.from,
          item.subject,
          item.text,
          item.html,
          JSON.stringify(item.headers),
          item.at,
        ],
      )
      return row?.id ?? ''
    },
    async list(filter) {
      return sql.query<ItemRow>(
        'sandbox-list',
        `select id, kind, "to", "from", subject, text, html, headers, at from sandbox_item
         where kind = $1 and ($2::text is null or "to" = $2) order by seq desc limit $3`,
        [filter.kind, filter.to ?? null, filter.limit],
      ) satisfies Promise<SandboxItem[]>
    },
    async get(id) {
      const [row] = await sql.query<ItemRow>(
        'sandbox-get',
        `select id, kind, "to", "from", subject, text, html, headers, at from sandbox_item where id = $1`,
        [id],
      )
      return row
    },
  }
}
