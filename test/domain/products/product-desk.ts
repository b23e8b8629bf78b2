import { Logger, runOnce, type TaskList } from 'graphile-worker'
import type { Deps } from '../../../src/domain/deps.ts'
import { listProducts } from '../../../src/domain/products/list-products.ts'
import { refreshProducts } from '../../../src/domain/products/refresh-products.ts'
import { jobs } from '../../../src/jobs/catalog.ts'
import { handlers } from '../../../src/jobs/handlers.ts'
import { type FakeShop, fakeShopKeys } from '../../support/fakes/shop.ts'
import { addBareShop, type OrderDesk } from '../orders/order-desk.ts'

/** A shop of ours that is the fake one. */
export async function addShopOf(desk: OrderDesk, fake: FakeShop): Promise<bigint> {
  const { consumerKey, consumerSecret } = fakeShopKeys
  return await addBareShop(desk.deps, { url: fake.url, key: consumerKey, secret: consumerSecret })
}

const worked = ['read_catalogue', 'read_catalogues', 'refresh_product', 'rematch_orders'] as const

/** Works off the jobs about products, of all shops, through the real queue. What fails waits for its next try. */
export async function workOff(desk: OrderDesk): Promise<void> {
  // The handlers of these jobs need nothing else of what use cases may need.
  const deps = desk.deps as Deps
  const taskList: TaskList = Object.fromEntries(
    worked.map((name) => [
      name,
      async (payload: unknown) => {
        const handle = handlers[name] as (
          deps: Deps,
          payload: unknown,
          run: { lastTry: boolean },
        ) => Promise<void>
        await handle(deps, jobs[name].payload.parse(payload), { lastTry: false })
      },
    ]),
  )
  // A worker that runs once ends at the first moment without a job, and a job may be about to leave the next one.
  while (await isDue(desk)) {
    await runOnce({
      connectionString: desk.db.pool.options.connectionString ?? '',
      concurrency: 3,
      noHandleSignals: true,
      taskList,
      logger: new Logger(() => () => undefined),
    })
  }
}

async function isDue(desk: OrderDesk): Promise<boolean> {
  const due = await desk.db.query(
    'test-due-jobs',
    `select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = any($1) and j.run_at <= now() and j.attempts < j.max_attempts limit 1`,
    [worked],
  )
  return due.length > 0
}

/** Has failed jobs tried again now, instead of after their pause. */
export async function workOffAgain(desk: OrderDesk): Promise<void> {
  await desk.db.query(
    'test-hurry',
    'update graphile_worker._private_jobs set run_at = now() where locked_at is null',
    [],
  )
  await workOff(desk)
}

/** Reads all products of a shop, as its owner asks for it. */
export async function readAll(desk: OrderDesk, shopId: bigint): Promise<void> {
  desk.now.at = new Date(desk.now.at.getTime() + 1_000)
  await refreshProducts(desk.deps, { shopId })
  await workOff(desk)
}

/** Matches of the products that a search finds, by name. */
export async function found(desk: OrderDesk, shopId: bigint, search = ''): Promise<string[]> {
  const { products } = await listProducts(desk.deps, { shopId, search, limit: 100 })
  return products.map(({ match }) => match)
}

/** The jobs about products of one shop that wait. */
export async function waiting(
  desk: OrderDesk,
  shopId: bigint,
): Promise<{ task: string; productId: string | null }[]> {
  return await desk.db.query(
    'test-waiting-jobs',
    `select t.identifier as task, j.payload ->> 'productId' as "productId" from graphile_worker._private_jobs j
     join graphile_worker._private_tasks t on t.id = j.task_id where j.payload ->> 'shopId' = $1 and t.identifier = any($2)
     order by j.id`,
    [String(shopId), worked],
  )
}
