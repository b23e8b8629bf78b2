import { createHash } from 'node:crypto'
import type { Clock } from '../../src/ports/clock.ts'
import type { MailPort } from '../../src/ports/mail.ts'
import type { SandboxStore } from '../../src/ports/sandbox.ts'

/** Puts mails on the mailbox page. An address that starts with "bounce" is refused as a real server would refuse it. */
export function createSandboxMail(store: SandboxStore, clock: Clock): MailPort {
  return {
    configured: true,
    sandbox: true,

    async send(mail) {
      const to = mail.to.address.trim().toLowerCase()
      if (to.startsWith('bounce')) {
        return {
          kind: 'rejected',
          reason: 'Sandbox: addresses that start with "bounce" do not exist.',
          code: '550',
        }
      }
      try {
        await store.put({
          id: sandboxMailId(mail.messageId),
          kind: 'mail',
          to,
          from: mail.from.name ? `${mail.from.name} <${mail.from.address}>` : mail.from.address,
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          headers: {
            'Message-ID': `<${mail.messageId}>`,
            ...(mail.replyTo && { 'Reply-To': mail.replyTo }),
            ...(mail.inReplyTo && { 'In-Reply-To': mail.inReplyTo }),
            ...(mail.references && { References: mail.references.join(' ') }),
            ...(mail.envelopeFrom && { 'Return-Path': mail.envelopeFrom }),
            ...mail.headers,
          },
          at: clock.now(),
        })
        return { kind: 'accepted', providerId: mail.messageId }
      } catch {
        return { kind: 'temporary', reason: 'Sandbox: the mailbox could not be written.' }
      }
    },

    async close() {},
  }
}

/** The same for each attempt of one mail, so that a repeat does not show twice; fit for a page's address. */
export function sandboxMailId(messageId: string): string {
  return `mail_${createHash('sha256').update(messageId).digest('hex').slice(0, 24)}`
}
