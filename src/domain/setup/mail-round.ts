import type { SendOutcome } from '../../ports/outcome.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { senderOf } from '../mail-sender.ts'
import { refuse } from '../refusal.ts'
import { newToken } from '../secrets/token.ts'
import { beginTest } from './send-test.ts'

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

type RoundDeps = Pick<Deps, 'db' | 'clock' | 'mail' | 'mailFrom' | 'mailDomain'>

/**
 * Sends a mail from the shop to its own address, where customers' answers go, and waits for it without holding anybody up: whoever takes
 * it in notes it (mail/note-round.ts). A new test takes the place of the last. Refuses: channel_not_configured, too_many_tries.
 */
export async function startMailRound(
  deps: RoundDeps,
  input: { shopId: bigint; actor: string; subject: string; text: string },
): Promise<SendOutcome> {
  if (!deps.mail.configured) return refuse({ code: 'channel_not_configured', channel: 'email' })
  const { shopId, actor } = input
  await beginTest(deps, input)
  const [shop] = await deps.db.query<{ name: string; address: string | null }>(
    'shop-of-test',
    'select name, mail_address as address from shop where id = $1',
    [shopId],
  )
  const from = senderOf(deps, { name: shop?.name ?? '', address: shop?.address })
  const messageId = `round-${shopId}-${newToken(12)}@${deps.mailDomain}`
  // Before it leaves: it may be back sooner than its server says that it took it.
  await deps.db.query(
    'begin-mail-round',
    `insert into mail_round (shop_id, message_id, address, sent_at) values ($1, $2, $3, $4)
     on conflict (shop_id) do update set message_id = $2, address = $3, sent_at = $4, problem = null, back_at = null, door = null`,
    [shopId, messageId, from.address, deps.clock.now()],
  )
  const outcome = await deps.mail.send({
    messageId,
    from,
    to: from,
    subject: input.subject,
    text: input.text,
    html: `<p>${input.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  if (outcome.kind === 'rejected' || outcome.kind === 'temporary') {
    await deps.db.query(
      'mail-round-refused',
      'update mail_round set problem = $3 where shop_id = $1 and message_id = $2',
      [shopId, messageId, outcome.reason.slice(0, 500)],
    )
  }
  const data = { channel: 'email', outcome: outcome.kind }
  await writeAudit(deps.db, { shopId, actor, action: 'channel_test', data, at: deps.clock.now() })
  return outcome
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
