import type { Deps } from '../../domain/deps.ts'
import type { JobBacklog } from './metrics.ts'

/** Counts the queue's jobs. One statement over an index-sized table: done jobs are deleted. */
export async function readJobBacklog(deps: Pick<Deps, 'db'>): Promise<JobBacklog> {
  const [row] = await deps.db.query<{ due: number; later: number; given_up: number }>(
    'job-backlog',
    `select (count(*) filter (where attempts < max_attempts and run_at <= now()))::int as due,
       (count(*) filter (where attempts < max_attempts and run_at > now()))::int as later,
       (count(*) filter (where attempts >= max_attempts))::int as given_up
     from graphile_worker.jobs`,
    [],
  )
  return row ?? { due: 0, later: 0, given_up: 0 }
}
