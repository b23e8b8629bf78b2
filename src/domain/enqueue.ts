import type { Sql } from '../db/database.ts'
import { type JobKind, type JobName, type JobPayload, jobs, priorityOf } from '../jobs/catalog.ts'

export interface JobOptions {
  runAt?: Date
  /** A job with this key that has not begun is replaced. */
  key?: string
  /** Jobs of one queue are worked on one after another. */
  queue?: string
  /** A job with this key that waits for its time goes on waiting. */
  keepsTime?: boolean
}

/**
 * As enqueueJob, for a caller that wakes the workers after its commit: without the queue's own NOTIFY, since the commits of transactions
 * that notify wait for each other (enqueue_job in the migrations).
 */
export async function enqueueQuietly<Name extends JobName>(
  sql: Sql,
  name: Name,
  payload: JobPayload<Name>,
): Promise<void> {
  const job: JobKind = jobs[name]
  await sql.query('enqueue-quietly', 'select enqueue_job($1, $2::json, $3, $4)', [
    name,
    JSON.stringify(job.payload.parse(payload)),
    job.maxAttempts,
    priorityOf(job),
  ])
}

/** Enqueues a job in the caller's transaction: the fact and its follow-up commit together. */
export async function enqueueJob<Name extends JobName>(
  sql: Sql,
  name: Name,
  payload: JobPayload<Name>,
  options: JobOptions = {},
): Promise<void> {
  const job: JobKind = jobs[name]
  await sql.query(
    'enqueue-job',
    `select graphile_worker.add_job($1, $2::json, run_at => $3, max_attempts => $4, job_key => $5, queue_name => $6,
       job_key_mode => $7, priority => $8)`,
    [
      name,
      JSON.stringify(job.payload.parse(payload)),
      options.runAt ?? null,
      job.maxAttempts,
      options.key ?? null,
      options.queue ?? null,
      options.keepsTime ? 'preserve_run_at' : 'replace',
      priorityOf(job),
    ],
  )
}
