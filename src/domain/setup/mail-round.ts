import type { SendOutcome } from '../../ports/outcome.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { newToken } from '../secrets/token.ts'
import { type MailTestDeps, postTest, type TestMail } from './send-test.ts'

export interface MailRound {
  /** Where it was sent: the shop's own address. */
  address: string
  sentAt: Date
  /** Why the mail server did not take it. */
  problem: string | null
  /** When it came in again, and by which door. */
  backAt: Date | null
  door: string | null
}

export interface WayBack {
  round?: MailRound
  /** When the last mail of this shop came in, and by which door. */
  lastMail?: { at: Date; door: string }
}

/**
 * Sends a mail from the shop to its own address, where customers' answers go, and waits for it without holding anybody up: whoever takes
 * it in notes it (mail/note-round.ts). A new test takes the place of the last. Refuses: channel_not_configured, too_many_tries.
 */
export async function startMailRound(deps: MailTestDeps, input: TestMail): Promise<SendOutcome> {
  const { shopId } = input
  const messageId = `round-${shopId}-${newToken(12)}@${deps.mailDomain}`
  const outcome = await postTest(deps, {
    ...{ ...input, messageId },
    // It may be back sooner than its server says that it took it.
    before: (from) => beginRound(deps, { shopId, messageId, address: from.address }),
  })
  if (outcome.kind === 'rejected' || outcome.kind === 'temporary') {
    await deps.db.query(
      'mail-round-refused',
      'update mail_round set problem = $3 where shop_id = $1 and message_id = $2',
      [shopId, messageId, outcome.reason.slice(0, 500)],
    )
  }
  return outcome
}

async function beginRound(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId, messageId, address }: { shopId: bigint; messageId: string; address: string },
): Promise<void> {
  await deps.db.query(
    'begin-mail-round',
    `insert into mail_round (shop_id, message_id, address, sent_at) values ($1, $2, $3, $4)
     on conflict (shop_id) do update set message_id = $2, address = $3, sent_at = $4, problem = null, back_at = null, door = null`,
    [shopId, messageId, address, deps.clock.now()],
  )
}

/** How the last test went, and the last mail of the shop. One statement. */
export async function readWayBack(deps: Pick<Deps, 'db'>, shopId: bigint): Promise<WayBack> {
  const [row] = await deps.db.query<MailRound & { lastAt: Date | null; lastDoor: string | null }>(
    'read-way-back',
    `select r.address, r.sent_at as "sentAt", r.problem, r.back_at as "backAt", r.door,
       m.received_at as "lastAt", m.door as "lastDoor"
     from shop s left join mail_round r on r.shop_id = s.id
     left join lateral (select received_at, door from incoming_mail where shop_id = s.id order by id desc limit 1) m on true
     where s.id = $1`,
    [shopId],
  )
  if (!row) return refuse({ code: 'not_found', what: 'shop' })
  const { lastAt, lastDoor, ...round } = row
  return {
    ...(round.sentAt && { round }),
    ...(lastAt && { lastMail: { at: lastAt, door: lastDoor ?? '' } }),
  }
}
