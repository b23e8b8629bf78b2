import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase({ connectionString: database.connectionString, poolSize: 2 })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

/** Tables that belong to no merchant, or not yet: whose a mail is turns out after it is kept. */
const everybodys = [
  '_prisma_migrations',
  'first_start_link',
  'incoming_mail',
  'mail_rest',
  'mail_taken',
  'mailbox',
  'sandbox_item',
  'sign_in_try',
  'sweep_mark',
  'worker_lease',
]

/** Indexes for looking into all shops at once: for what is due, for who signs in, and for blobs that nobody names any more. */
const sweeps = [
  'account_next_expiry',
  'agent_email_idx',
  'attachment_blob_idx',
  'draft_file_at_idx',
  'draft_file_blob_idx',
  'ledger_entry_at_idx',
  'message_sending',
  'session_deadline',
  'sync_finding_unsettled',
  'ticket_act_at',
  // Each word in it begins with its shop.
  'ticket_search_words',
  'ticket_waking',
]

/** Columns that name a row without a foreign key, and what keeps them in their shop. */
const unkeyed: Record<string, string> = {
  'held_mail.mail_id':
    'a mail belongs to no shop before it is understood; only the job that did so writes it',
  'ledger_entry.customer_id': 'the key to its grant stands beside it, and only ledger_move writes both',
  'message.author_id':
    'a key would lock the row of the agent with each answer; the author is who is signed in',
  'message.window_id': 'a message of the same ticket, which is part of its key',
  'product_word.product_id': 'the look for the product of each word takes far longer than the word',
  'reply_window.message_id': 'a message of the same ticket, which is part of its key',
  'ticket.last_message_id': 'a message of the same ticket, 0 before the first',
}

interface Key {
  table: string
  columns: string[]
  target: string
  targetColumns: string[]
}

const tablesOfMerchants = async () =>
  (
    await db.query<{ name: string }>(
      'tables',
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and relname <> all ($1) and relname <> 'shop' order by 1`,
      [everybodys],
    )
  ).map(({ name }) => name)

const columnNames = (relation: string, numbers: string) =>
  `array(select a.attname::text from unnest(${numbers}) with ordinality u (n, at)
     join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.n order by u.at)`

const foreignKeys = () =>
  db.query<Key>(
    'foreign-keys',
    `select c.conrelid::regclass::text as "table", ${columnNames('c.conrelid', 'c.conkey')} as columns,
       c.confrelid::regclass::text as target, ${columnNames('c.confrelid', 'c.confkey')} as "targetColumns"
     from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`,
    [],
  )

describe('every table of a merchant', () => {
  it('leads with its shop in the primary key and in each index', async () => {
    const indexes = await db.query<{ table: string; name: string; primary: boolean; columns: string[] }>(
      'indexes',
      `select i.indrelid::regclass::text as "table", i.indexrelid::regclass::text as name, i.indisprimary as "primary",
         ${columnNames('i.indrelid', 'i.indkey')} as columns
       from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace`,
      [],
    )
    const tables = await tablesOfMerchants()
    expect(tables.filter((table) => !indexes.some((one) => one.table === table && one.primary))).toEqual([])
    const wrong = indexes.filter(
      ({ table, name, columns }) =>
        tables.includes(table) && columns[0] !== 'shop_id' && !sweeps.includes(name),
    )
    expect(wrong).toEqual([])
  })

  it('points into its own shop only: a foreign key carries shop_id to shop_id', async () => {
    const keys = await foreignKeys()
    expect(keys.length).toBeGreaterThan(30)
    const wrong = keys.filter(({ columns, target, targetColumns }) => {
      const at = targetColumns.indexOf(target === 'shop' ? 'id' : 'shop_id')
      return at < 0 || columns[at] !== 'shop_id'
    })
    expect(wrong).toEqual([])
  })

  it('has a key for each id that it holds, or says why not', async () => {
    const held = await db.query<{ table: string; column: string }>(
      'held-ids',
      `select c.relname as "table", a.attname as "column" from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
         and a.atttypid = 'bigint'::regtype and a.attname ~ '_(id|into|to)$' and a.attname <> 'shop_id' and c.relname = any ($1) order by 1, 2`,
      [await tablesOfMerchants()],
    )
    const keys = await foreignKeys()
    const bare = held.filter(
      ({ table, column }) => !keys.some((key) => key.table === table && key.columns.includes(column)),
    )
    expect(bare.map(({ table, column }) => `${table}.${column}`)).toEqual(Object.keys(unkeyed))
  })
})
