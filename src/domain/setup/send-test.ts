import type { SendOutcome } from '../../ports/outcome.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { normalPhone } from '../customers/normal-phone.ts'
import type { Deps } from '../deps.ts'
import { senderOf } from '../mail-sender.ts'
import { refuse, refuseField } from '../refusal.ts'
import { newToken } from '../secrets/token.ts'
import { takeTryOrRefuse } from '../sign-in/tries.ts'

interface Tester {
  shopId: bigint
  actor: string
}
type TestDeps = Pick<Deps, 'db' | 'clock' | 'mail' | 'texting' | 'mailFrom' | 'mailDomain'>

/** Tests cost money and reach people: at most ten an hour of a shop. */
export async function beginTest(
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
  deps: TestDeps,
  input: Tester & { to: { name: string; address: string }; subject: string; text: string },
): Promise<SendOutcome> {
  if (!deps.mail.configured) return refuse({ code: 'channel_not_configured', channel: 'email' })
  await beginTest(deps, input)
  const [shop] = await deps.db.query<{ name: string; address: string | null }>(
    'shop-of-test',
    'select name, mail_address as address from shop where id = $1',
    [input.shopId],
  )
  const outcome = await deps.mail.send({
    messageId: `test-${input.shopId}-${newToken(9)}@${deps.mailDomain}`,
    from: senderOf(deps, { name: shop?.name ?? '', address: shop?.address }),
    to: input.to,
    subject: input.subject,
    text: input.text,
    html: `<p>${escapeHtml(input.text)}</p>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  await noteTest(deps, input, 'email', outcome)
  return outcome
}

/** The same with a text to a number. Refuses: channel_not_configured, invalid (phone), too_many_tries. */
export async function sendTestText(
  deps: TestDeps,
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
  deps: TestDeps,
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

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
