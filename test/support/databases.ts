import pg from 'pg'

/** Creates a database on this server, empty or as a copy of a template, and returns its connection string. */
export async function createDatabase(serverUrl: string, name: string, template?: string): Promise<string> {
  const copy = template === undefined ? '' : ` template ${pg.escapeIdentifier(template)}`
  await onServer(serverUrl, (client) => client.query(`create database ${pg.escapeIdentifier(name)}${copy}`))
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

const channel = 'creditdesk_drop_database'

/** Asks whoever runs `dropWhenAsked` to drop a database. PostgreSQL takes a second for one, in which a test run could go on. */
export async function askToDrop(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, (client) => client.query('select pg_notify($1, $2)', [channel, name]))
}

/** Drops the databases that it is asked to, one after another, until `stop`, which waits for those that were asked for before. */
export async function dropWhenAsked(serverUrl: string): Promise<{ stop(): Promise<void> }> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  let dropping = Promise.resolve()
  client.on('notification', ({ payload = '' }) => {
    dropping = dropping
      .then(() => dropDatabase(serverUrl, payload))
      .catch((error: unknown) => console.error(`The database ${payload} is left: ${String(error)}`))
  })
  await client.query(`listen ${channel}`)
  return {
    async stop() {
      // An answer to this comes after the notifications that came before it.
      await client.query('select 1')
      await dropping
      await client.end()
    },
  }
}

/** Drops a database together with the connections that are left to it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, (client) =>
    client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`),
  )
}

async function onServer(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
