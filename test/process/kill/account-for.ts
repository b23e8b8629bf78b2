import { expect } from '@jest/globals'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { compareFigures } from '../../domain/credits/programme/figures.ts'
import type { Answer } from '../../domain/credits/programme/play.ts'
import { makeReplay, type Replay } from '../../domain/credits/programme/replay.ts'
import type { Move } from '../../domain/credits/programme/stage.ts'
import type { ModelTerms } from '../../support/ledger-model/ledger-model.ts'
import { databaseUrlOf } from '../../support/service-data.ts'
import { ask, type Desk, eventually, type Reply } from './desk.ts'
import type { Load } from './load.ts'

/** What the database itself noted of a movement, in the order in which the movements held their account's lock. */
interface Noted {
  place: bigint
  what: string
  key: string
  data: { grant?: number; promised?: number; ticket?: number }
}

/** Lets the database note its movements, also those that no client gave a key. */
export async function keepLog(desk: Desk): Promise<void> {
  await onDatabase(desk, (db) =>
    db.pool.query(`
      create table move_log (place bigserial primary key, what text not null, key text not null, data jsonb);
      create function log_key() returns trigger language plpgsql as $$
      begin
        insert into move_log (what, key, data) values (new.operation, new.key, new.result);
        return null;
      end $$;
      create trigger operation_key_logged after insert on operation_key for each row execute function log_key();
      create function log_promise() returns trigger language plpgsql as $$
      begin
        insert into move_log (what, key, data) values ('promise', new.id, jsonb_build_object('promised', new.promised));
        return null;
      end $$;
      create trigger promise_logged after update of promised on credit_grant for each row
        when (new.promised <> old.promised and new.moved_to is null) execute function log_promise();
      create function log_session() returns trigger language plpgsql as $$
      begin
        insert into move_log (what, key, data)
        values (case new.state when 'open' then 'open' else 'close' end, new.id, jsonb_build_object('ticket', new.ticket_id));
        return null;
      end $$;
      create trigger session_opened after insert on session for each row execute function log_session();
      create trigger session_closed after update of state on session for each row
        when (new.state <> old.state) execute function log_session();`),
  )
}

export async function onDatabase<T>(
  { env }: Pick<Desk, 'env'>,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = openDatabase({ connectionString: await databaseUrlOf(env), poolSize: 4 })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/**
 * Holds a load's journal against the database, when everything was answered: each movement that was acknowledged is there
 * exactly once and as it was answered, nothing is there that nobody asked for, and all figures are the model's.
 */
export async function accountFor(desk: Desk, load: Load): Promise<void> {
  await endSessions(desk, load)
  await onDatabase(desk, async (db) => {
    const model = makeReplay(load.stage)
    const log = await readLog(db, load)
    checkJournal(log, load)
    for (const noted of log) await replayNoted(db, load, model, noted)
    const world = { db, clock: { at: new Date() } }
    const { stored, expected } = await compareFigures(world, load.stage, model)
    expect(stored).toEqual(expected)
    await checkOrders(db, load)
    expect((await verifyLedger(db, desk.shopId)).problems).toEqual([])
  })
}

async function endSessions(desk: Desk, load: Load): Promise<void> {
  const tickets = load.stage.cast.flatMap((one) => one.tickets)
  const open = await onDatabase(desk, (db) =>
    db.query<{ id: bigint }>(
      'test-open',
      `select id from session where state = 'open' and ticket_id = any ($1)`,
      [tickets],
    ),
  )
  for (const { id } of open) {
    const path = `sessions/${id}/end`
    await eventually(async () => (await ask(desk, path, {}))?.status === 200, `the end of session ${id}`)
  }
}

/** Only what concerns this load's customers; earlier loads are accounted for already. */
async function readLog(db: Database, { stage, journal }: Load): Promise<Noted[]> {
  const customers = stage.cast.map((one) => one.customerId)
  return db.query<Noted>(
    'test-move-log',
    `select place, what, l.key, data from move_log l
     where l.key = any ($2)
       or (what in ('entitle', 'api_grant') and exists (
         select from credit_grant where customer_id = any ($1) and id = (data ->> 'grant')::bigint))
       or (what = 'promise' and exists (select from credit_grant where customer_id = any ($1) and id::text = l.key))
       or (what in ('open', 'close') and (data ->> 'ticket')::bigint = any ($3))
     order by place`,
    [customers, journal.map((asked) => asked.key), stage.cast.flatMap((one) => one.tickets)],
  )
}

const keyed: readonly Move['do'][] = [
  ...([
    'gift',
    'reply',
    'work',
    'contest',
    'adjust',
    'settle',
    'forgive',
    'freeze',
    'unfreeze',
    'merge',
  ] as const),
]

function checkJournal(log: readonly Noted[], { journal }: Load): void {
  const done = journal.filter(({ move, reply }) => keyed.includes(move.do) && (reply?.status ?? 500) < 300)
  const keys = new Set(journal.map((asked) => asked.key))
  const written = log.map((noted) => noted.key).filter((key) => keys.has(key))
  expect(written.sort()).toEqual(done.map((asked) => asked.key).sort())
}

async function replayNoted(db: Database, load: Load, model: Replay, noted: Noted): Promise<void> {
  const asked = load.journal.find(({ key }) => key === noted.key)
  switch (noted.what) {
    case 'entitle':
    case 'api_grant':
      return replayGrant(db, load, model, BigInt(noted.data.grant ?? 0), noted.what)
    case 'promise':
      model.model.promise(
        model.grantNow(await originOf(db, load, BigInt(noted.key))),
        noted.data.promised ?? 0,
      )
      return
    case 'open': {
      const played = { ...nothing, sessionId: noted.key }
      const move: Move = { ...blank, do: 'open', who: 0, ticket: 0, ticketId: BigInt(noted.data.ticket ?? 0) }
      expect(model.replay(move, played).code).toBe('ok')
      return
    }
    case 'close':
      // Nobody ever came, so every session is void.
      model.replay({ ...blank, do: 'close', nth: 0, actual: 0, sessionId: noted.key }, nothing)
      return
  }
  if (!asked) throw new Error(`nobody asked for ${noted.what} ${noted.key}`)
  // A contest that was granted is of a message that had arrived; the worker's records of that have no place in the log.
  if (asked.move.do === 'contest') model.replay({ ...asked.move, do: 'arrive' }, nothing)
  const { body } = asked.reply ?? { body: {} }
  const messageId = body.message ? { messageId: BigInt(body.message.id) } : {}
  const expected = model.replay(asked.move, { ...nothing, ...messageId })
  expect({ key: asked.key, move: asked.move, ...answered(body) }).toEqual({
    key: asked.key,
    move: asked.move,
    ...expected,
  })
}

/** The grant that was made first, from which merges of customers made this one. */
async function originOf(db: Database, load: Load, grantId: bigint): Promise<bigint> {
  const [origin] = await db.query<{ id: bigint }>(
    'test-origin',
    `with recursive line as (
       select $2::bigint as id
       union all select g.id from credit_grant g join line on g.shop_id = $1 and g.moved_to = line.id)
     select min(id) as id from line`,
    [load.stage.shopId, grantId],
  )
  return origin?.id ?? grantId
}

/** A line of an order became a grant, or credits were given by hand. */
async function replayGrant(
  db: Database,
  load: Load,
  model: Replay,
  grantId: bigint,
  what: string,
): Promise<void> {
  const [row] = await db.query<{
    customer_id: bigint
    units: bigint
    created_at: Date
    order: string | null
  }>(
    'test-granted',
    `select g.customer_id, e.entitled as units, g.created_at, o.external_id as order
     from credit_grant g
     join ledger_entry e on e.shop_id = g.shop_id and e.grant_id = g.id and e.kind = 'grant'
     left join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
     where g.shop_id = $1 and g.id = $2`,
    [load.stage.shopId, grantId],
  )
  if (!row) throw new Error(`the grant ${grantId} has no entry`)
  // The burn order goes by the age of grants, so the model's clock must say what the ledger's said.
  model.model.goTo(row.created_at.getTime())
  const terms = { ...defaultTerms, order: row.order === null ? undefined : BigInt(row.order) }
  const add = what === 'entitle' ? model.model.purchase : model.model.addGrant
  model.grants.set(grantId, add(model.ownerNow(row.customer_id), terms, Number(row.units)))
}

/** Every order stands where its newest state says; that its deliveries were acknowledged means nothing less. */
async function checkOrders(db: Database, load: Load): Promise<void> {
  const rows = await db.query<{ order: string; promised: bigint }>(
    'test-order-promises',
    `select o.external_id as order, g.promised from order_line l
     join shop_order o on o.shop_id = l.shop_id and o.id = l.order_id
     join credit_grant g on g.shop_id = l.shop_id and g.id = l.grant_id
     where o.shop_id = $1 and o.external_id = any ($2)`,
    [load.stage.shopId, load.orders.map((order) => String(order.orderId))],
  )
  const promised = new Map(rows.map((row) => [Number(row.order), Number(row.promised)]))
  expect(load.orders.map((order) => [order.orderId, promised.get(order.orderId) ?? 0])).toEqual(
    load.orders.map((order) => [order.orderId, order.quantity * 1000]),
  )
}

function answered(body: Reply['body']): Answer {
  if (body.charge) {
    return {
      code: 'ok',
      units: unitsOf(body.charge.credits),
      parts: body.charge.entries.map((entry: { credits: number }) => unitsOf(entry.credits)),
    }
  }
  return { code: 'ok', units: unitsOf(body.credits) }
}

const unitsOf = (credits: number) => Math.round(credits * 100)

const nothing = { key: '', answer: { code: 'ok' } }

const blank = {
  customerId: 0n,
  ticketId: 0n,
  messageId: 0n,
  grantId: 0n,
  otherGrantId: 0n,
  otherCustomerId: 0n,
  orderId: 0n,
  sessionId: '',
  expiresAt: undefined,
}

/** The rate card of a shop that set no prices. */
const defaultTerms: Omit<ModelTerms, 'order'> = {
  channels: ['email', 'sms', 'portal', 'work', 'video'],
  email: 100,
  sms: 100,
  portal: 100,
  work: 100,
  workStep: 300,
  video: 100,
  videoStep: 300,
  videoFree: 0,
  promotional: false,
  priority: 0,
  overdraftLimit: 0,
  expiresAt: undefined,
}
