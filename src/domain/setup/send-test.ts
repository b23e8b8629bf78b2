import type { SendOutcome } from '../../ports/outcome.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { normalPhone } from '../customers/normal-phone.ts'
import type { Deps } from '../deps.ts'
import { escapeHtml } from '../escape-html.ts'
import { senderOf } from '../mail-sender.ts'
import { refuse, refuseField } from '../refusal.ts'
import { newToken } from '../secrets/token.ts'
import { takeTryOrRefuse } from '../sign-in/tries.ts'

interface Tester {
  shopId: bigint
  actor: string
}
export interface TestMail extends Tester {
  subject: string
  text: string
}
export type MailTestDeps = Pick<Deps, 'db' | 'clock' | 'mail' | 'mailFrom' | 'mailDomain'>

/** Tests cost money and reach people: at most ten an hour of a shop. */
async function beginTest(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId }: Pick<Tester, 'shopId'>,
): Promise<void> {
  const limit = { of: ['channel-test', String(shopId)], most: 10, minutes: 60 }
  await takeTryOrRefuse(deps.db, [limit], deps.clock.now())
}

/**
 * Sends a mail to the one who asks, now and without the queue, and says what the mail server said. Charges nobody.
 * Refuses: channel_not_configured, too_many_tries.
 */
export async function sendTestMail(
  deps: MailTestDeps,
  input: TestMail & { to: { name: string; address: string } },
): Promise<SendOutcome> {
  return await postTest(deps, {
    ...input,
    messageId: `test-${input.shopId}-${newToken(9)}@${deps.mailDomain}`,
  })
}

/**
 * One mail of the shop that is a test, sent now and without the queue. `to`: to the shop itself where it is left out. `before` runs once it
 * may be sent, with whom it is from.
 */
export async function postTest(
  deps: MailTestDeps,
  input: TestMail & {
    messageId: string
    to?: { name: string; address: string }
    before?(from: { address: string }): Promise<void>
  },
): Promise<SendOutcome> {
  if (!deps.mail.configured) return refuse({ code: 'channel_not_configured', channel: 'email' })
  await beginTest(deps, input)
  const { shopId, messageId, subject, text } = input
  const [shop] = await deps.db.query<{ name: string; address: string | null }>(
    'shop-of-test',
    'select name, mail_address as address from shop where id = $1',
    [shopId],
  )
  const from = senderOf(deps, { name: shop?.name ?? '', address: shop?.address })
  await input.before?.(from)
  const outcome = await deps.mail.send({
    ...{ messageId, from, to: input.to ?? from, subject, text },
    html: `<p>${escapeHtml(text)}</p>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  await noteTest(deps, input, 'email', outcome)
  return outcome
}

/** The same with a text to a number. Refuses: channel_not_configured, invalid (phone), too_many_tries. */
export async function sendTestText(
  deps: Pick<Deps, 'db' | 'clock' | 'texting'>,
  input: Tester & { to: string; text: string },
): Promise<SendOutcome> {
  if (!deps.texting.configured) return refuse({ code: 'channel_not_configured', channel: 'sms' })
  const to = normalPhone(input.to, '')
  if (!to) return refuseField('phone', 'give the number with its country, such as +386 40 123 456')
  await beginTest(deps, input)
  const outcome = await deps.texting.send({
    shopId: String(input.shopId),
    to,
    body: input.text,
    messageId: '0-0',
  })
  await noteTest(deps, input, 'sms', outcome)
  return outcome
}

async function noteTest(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId, actor }: Tester,
  channel: 'email' | 'sms',
  outcome: SendOutcome,
): Promise<void> {
  const data = { channel, outcome: outcome.kind }
  if (channel === 'email' && outcome.kind === 'accepted') {
    await deps.db.query('mail-tested', 'update shop set mail_tested_at = $2 where id = $1', [
      shopId,
      deps.clock.now(),
    ])
  }
  await writeAudit(deps.db, { shopId, actor, action: 'channel_test', data, at: deps.clock.now() })
}
