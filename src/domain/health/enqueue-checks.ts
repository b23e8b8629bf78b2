import { enqueueCheck } from '../connect/connect-jobs.ts'
import type { Deps } from '../deps.ts'

/** Has every shop looked at; one without keys too, because its deliveries may stay away as well. */
export async function enqueueChecks(deps: Pick<Deps, 'db' | 'wakeWorkers'>): Promise<void> {
  const shops = await deps.db.query<{ id: bigint }>('shops-to-check', 'select id from shop order by id', [])
  for (const { id } of shops) await enqueueCheck(deps.db, id)
  deps.wakeWorkers()
}
