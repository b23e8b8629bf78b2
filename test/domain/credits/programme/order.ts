import { retryTransaction } from '../../../../src/db/retry-transaction.ts'
import type { World } from '../../../support/world.ts'
import type { Place } from '../moves.ts'

/**
 * Numbers the movements in the order in which they held their account's lock, which is the order of their commits: a movement
 * with an idempotency key by the row of that key, others by `noted`. Both draw the number while the lock is held.
 */
export async function keepOrder(world: World): Promise<void> {
  await world.db.pool.query(`
    create table move_order (place bigserial primary key, key text not null);
    create function note_move() returns trigger language plpgsql as $$
    begin
      insert into move_order (key) values (new.key);
      return null;
    end $$;
    create trigger operation_key_noted after insert on operation_key for each row execute function note_move();`)
}

/** Runs a movement that has no idempotency key in a transaction that notes its place; again when it only lost a race. */
export function noted<T>(world: World, key: string, work: (place: Place) => Promise<T>): Promise<T> {
  return retryTransaction(world.db, async (sql) => {
    const result = await work({ db: sql, clock: world.clock, shopId: world.shopId })
    await sql.query('test-note-move', 'insert into move_order (key) values ($1)', [key])
    return result
  })
}

/** The place of each movement that was not refused. */
export async function readOrder(world: World, shopId: bigint): Promise<Map<string, bigint>> {
  const rows = await world.db.query<{ key: string; place: bigint }>(
    'test-move-order',
    'select key, place from move_order where key like $1',
    [`${shopId}-%`],
  )
  return new Map(rows.map((row) => [row.key, row.place]))
}
