import type { Sql } from '../db/database.ts'
import { type JobName, type JobPayload, jobs } from '../jobs/catalog.ts'

export interface JobOptions {
  runAt?: Date
  /** A job with this key that has not begun is replaced. */
  key?: string
  /** Jobs of one queue are worked on one after another. */
  queue?: string
  /** A job with this key that waits for its time goes on waiting. */
  keepsTime?: boolean
}

/** Enqueues a job in the caller's transaction: the fact and its follow-up commit together. */
export async function enqueueJob<Name extends JobName>(
  sql: Sql,
  name: Name,
  payload: JobPayload<Name>,
  options: JobOptions = {},
): Promise<void> {
  await sql.query(
    'enqueue-job',
    `select graphile_worker.add_job($1, $2::json, run_at => $3, max_attempts => $4, job_key => $5, queue_name => $6,
       job_key_mode => $7)`,
    [
      name,
      JSON.stringify(jobs[name].payload.parse(payload)),
      options.runAt ?? null,
      jobs[name].maxAttempts,
      options.key ?? null,
      options.queue ?? null,
      options.keepsTime ? 'preserve_run_at' : 'replace',
    ],
  )
}
