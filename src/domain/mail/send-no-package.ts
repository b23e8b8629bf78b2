import type { JobPayload } from '../../jobs/catalog.ts'
import { renderMail } from '../../words/mail.ts'
import { wordsFor } from '../../words/words.ts'
import type { Deps } from '../deps.ts'
import { senderOf } from '../mail-sender.ts'
import { TryLater } from '../tickets/send-message.ts'

/**
 * Tells somebody without an account where packages are sold. Throws TryLater after a temporary failure; what is refused for
 * good or of unknown outcome is logged and not sent again.
 */
export async function sendNoPackage(
  deps: Pick<Deps, 'db' | 'log' | 'mail' | 'mailFrom' | 'mailDomain'>,
  input: JobPayload<'send_no_package'> & { lastTry: boolean },
): Promise<void> {
  const [shop] = await deps.db.query<{
    name: string
    url: string
    locale: string
    mailAddress: string | null
  }>(
    'shop-without-package',
    'select name, url, locale, mail_address as "mailAddress" from shop where id = $1',
    [BigInt(input.shopId)],
  )
  if (!shop) return
  const outcome = await deps.mail.send({
    // The same for each attempt, so that a receiver can tell a repeat.
    messageId: `no-package-${input.shopId}-${input.mailId}@${deps.mailDomain}`,
    from: senderOf(deps, { name: shop.name, address: shop.mailAddress }),
    to: { name: '', address: input.to },
    ...renderMail('no-package', wordsFor(shop.locale), {
      shopName: shop.name,
      subject: input.subject,
      shopUrl: shop.url,
    }),
    ...(input.inReplyTo !== undefined && { inReplyTo: input.inReplyTo, references: [input.inReplyTo] }),
    headers: { 'Auto-Submitted': 'auto-replied' },
  })
  if (outcome.kind === 'accepted') return
  if (outcome.kind === 'temporary' && !input.lastTry) throw new TryLater(outcome.reason)
  deps.log.error(
    { shopId: input.shopId, mailId: input.mailId, outcome: outcome.kind, reason: outcome.reason },
    'a stranger was not answered for certain',
  )
}
