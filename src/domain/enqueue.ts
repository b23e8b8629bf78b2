import type { Sql } from '../db/database.ts'
import { type JobName, type JobPayload, jobs } from '../jobs/catalog.ts'

/** Enqueues a job in the caller's transaction: the fact and its follow-up commit together. */
export async function enqueueJob<Name extends JobName>(
  sql: Sql,
  name: Name,
  payload: JobPayload<Name>,
  options: { runAt?: Date; key?: string } = {},
): Promise<void> {
  await sql.query(
    'enqueue-job',
    'select graphile_worker.add_job($1, $2::json, run_at => $3, max_attempts => $4, job_key => $5)',
    [
      name,
      JSON.stringify(jobs[name].payload.parse(payload)),
      options.runAt ?? null,
      jobs[name].maxAttempts,
      options.key ?? null,
    ],
  )
}
