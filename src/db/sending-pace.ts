import type { Log } from '../ports/log.ts'
import type { Asked, SendingPace, Trouble } from '../ports/pace.ts'
import type { Sql } from './database.ts'

export interface PaceOptions {
  /** Names the server, and whom we are to it; without the password. */
  server: string
  /** Mails that it takes in any minute from all processes. Default no limit. */
  perMinute?: number
  /** Waits after failures to reach it, one after another; the last goes on. Default 5 s to 5 min. */
  awayMs?: readonly number[]
  /** The same after it, or a domain behind it, asked to slow down. Default 15 s to 10 min. */
  slowMs?: readonly number[]
}

interface AskedRow {
  about: string | null
  because: string | null
  wait_ms: number | null
  troubled: boolean
}

/** The pace of one server in the database, where all processes see it. One statement for each mail, two when there was trouble. */
export function createSendingPace(deps: { db: Sql; log: Log }, options: PaceOptions): SendingPace {
  const { server } = options
  const awayMs = options.awayMs ?? [5_000, 15_000, 60_000, 300_000]
  const slowMs = options.slowMs ?? [15_000, 60_000, 300_000, 600_000]

  // What is forgotten here costs a needless try or wait; a throw would make a mail that was sent look as if it was not.
  async function record(name: string, text: string, values: unknown[]): Promise<void> {
    try {
      await deps.db.query(name, text, values)
    } catch (error) {
      deps.log.warn({ server, error: String(error) }, 'the pace of a mail server was not recorded')
    }
  }

  return {
    async ask(domain) {
      const [row] = await deps.db.query<AskedRow>('ask-to-send', 'select * from ask_to_send($1, $2, $3)', [
        server,
        domain,
        options.perMinute ?? null,
      ])
      return toAsked(row)
    },

    async missed(trouble, domain, because) {
      // Mails that were under way together are one failure. The moment keeps milliseconds; rounded up, a rest would be longer than
      // its span. Domains are strangers' words: they are not kept for long.
      await record(
        'mail-missed',
        `with old as (delete from mail_rest where until < now() - interval '1 day')
         insert into mail_rest as r (server, about, failures, until, because)
         values ($1, $2, 1, date_trunc('milliseconds', clock_timestamp()) + ($4::int[])[1] * interval '1 millisecond', $3)
         on conflict (server, about) do update set failures = r.failures + 1, because = excluded.because,
           until = date_trunc('milliseconds', clock_timestamp()) + ($4::int[])[least(r.failures + 1, cardinality($4::int[]))] * interval '1 millisecond'
         where r.until <= clock_timestamp()`,
        [server, aboutOf(trouble, domain), because.slice(0, 200), trouble === 'away' ? awayMs : slowMs],
      )
    },

    async reached(troubles, domain) {
      await record('mail-reached', 'delete from mail_rest where server = $1 and about = any ($2)', [
        server,
        troubles.map((trouble) => aboutOf(trouble, domain)),
      ])
    },
  }
}

function aboutOf(trouble: Trouble, domain: string): string {
  return trouble === 'domain' ? `@${domain}` : trouble
}

function toAsked(row: AskedRow | undefined): Asked {
  if (!row) throw new Error('ask_to_send gave no answer')
  if (row.about === null) return { kind: 'go', troubled: row.troubled }
  const { about } = row
  return {
    kind: 'wait',
    for: about === 'away' || about === 'slow' || about === 'minute' ? about : 'domain',
    because: row.because ?? '',
    waitMs: row.wait_ms ?? 0,
  }
}
