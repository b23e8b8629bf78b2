import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import type { Database } from '../db/database.ts'
import { type JobName, jobs } from './catalog.ts'

/** Proof that this process lives: an advisory lock that PostgreSQL drops the moment the process is gone. */
export interface Lease {
  lockKey: bigint
  /** Resolves when the connection is lost, and with it the lock: others then think this process dead and free its jobs. */
  lost: Promise<void>
  end(): Promise<void>
}

export async function takeLease(db: Pick<Database, 'dedicatedClient'>): Promise<Lease> {
  const lockKey = randomBytes(8).readBigInt64BE()
  const client = await hold(db, lockKey)
  let ending = false
  return {
    lockKey,
    lost: new Promise((resolve) => {
      client.once('end', () => {
        if (!ending) resolve()
      })
    }),
    async end() {
      ending = true
      await client.end()
    },
  }
}

async function hold(db: Pick<Database, 'dedicatedClient'>, lockKey: bigint): Promise<Client> {
  const client = await db.dedicatedClient()
  await client.query('select pg_advisory_lock($1)', [lockKey])
  return client
}

/** Notes that the jobs which a pool of workers locks are this process's. */
export async function registerPool(
  db: Pick<Database, 'query'>,
  input: { poolId: string; lease: Lease; at: Date },
): Promise<void> {
  await db.query(
    'register-pool',
    'insert into worker_lease (pool_id, lock_key, started_at) values ($1, $2, $3) on conflict do nothing',
    [input.poolId, input.lease.lockKey, input.at],
  )
}

const comesAgain = (Object.keys(jobs) as JobName[]).filter((name) => 'comesAgain' in jobs[name])

/**
 * Frees the jobs of pools whose process is gone, so that they run again at once instead of after the queue's four hours.
 * A lock that can be had has no living holder. A pool that died before it was registered is told by its oldest lock.
 */
export async function freeDeadPools(db: Pick<Database, 'transaction'>): Promise<string[]> {
  return db.transaction(async (sql) => {
    const dead = await sql.query<{ pool_id: string }>(
      'dead-pools',
      `select pool_id from worker_lease where pg_try_advisory_xact_lock(lock_key)
       union
       select locked_by from graphile_worker.jobs j where locked_at < now() - interval '1 minute'
         and not exists (select from worker_lease l where l.pool_id = j.locked_by)`,
      [],
    )
    const ids = dead.map((row) => row.pool_id)
    if (ids.length > 0) {
      // What is left of jobs that were enqueued anew meanwhile, or come again by themselves, would count as given up for ever.
      await sql.query(
        'drop-remnants',
        `delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
         where t.id = j.task_id and j.locked_by = any($1) and j.attempts >= j.max_attempts and t.identifier = any($2)`,
        [ids, comesAgain],
      )
      await sql.query('unlock-jobs', 'select graphile_worker.force_unlock_workers($1)', [ids])
      await sql.query('drop-leases', 'delete from worker_lease where pool_id = any($1)', [ids])
    }
    return ids
  })
}
