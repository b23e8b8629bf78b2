import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'

/** Proof that this process lives: an advisory lock that PostgreSQL drops the moment the process is gone. */
export interface Lease {
  lockKey: bigint
  end(): Promise<void>
}

export async function takeLease(db: Pick<Database, 'dedicatedClient'>): Promise<Lease> {
  const lockKey = randomBytes(8).readBigInt64BE()
  const client = await db.dedicatedClient()
  await client.query('select pg_advisory_lock($1)', [lockKey])
  return { lockKey, end: () => client.end() }
}

export async function registerWorker(
  db: Pick<Database, 'query'>,
  input: { workerId: string; lease: Lease; at: Date },
): Promise<void> {
  await db.query(
    'register-worker',
    'insert into worker_lease (worker_id, lock_key, started_at) values ($1, $2, $3) on conflict do nothing',
    [input.workerId, input.lease.lockKey, input.at],
  )
}

/**
 * Frees the jobs of workers whose process is gone, so that they run again at once instead of after the queue's four hours.
 * A lock that can be had has no living holder.
 */
export async function freeDeadWorkers(db: Pick<Database, 'transaction'>): Promise<string[]> {
  return db.transaction(async (sql) => {
    const dead = await sql.query<{ worker_id: string }>(
      'dead-workers',
      'select worker_id from worker_lease where pg_try_advisory_xact_lock(lock_key) for update skip locked',
      [],
    )
    const ids = dead.map((row) => row.worker_id)
    if (ids.length > 0) {
      await sql.query('unlock-jobs', 'select graphile_worker.force_unlock_workers($1)', [ids])
      await sql.query('drop-leases', 'delete from worker_lease where worker_id = any($1)', [ids])
    }
    return ids
  })
}
