import type { MailPageProps, MailRow } from '../../src/web/mail/page.tsx'
import { listProps, minutesAgo } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...desk } = listProps

const row = (n: number, over: Partial<MailRow> = {}): MailRow => ({
  id: String(n),
  state: 'held',
  verdict: 'no_package',
  reason: '',
  sender: 'mojca@example.com',
  subject: 'Do you repair printers?',
  at: minutesAgo(n * 90),
  kept: true,
  ...over,
})

export const mailPage: MailPageProps = {
  ...desk,
  ignored: false,
  takesMail: true,
  olderHref: '/desk/mail?before=4',
  mails: [
    row(1),
    row(2, { subject: '', sender: '', verdict: 'no_sender' }),
    row(3, { subject: 'سؤال', verdict: 'nowhere' }),
    row(4, { state: 'failed', verdict: 'unreadable', reason: 'Maximum depth of parts', kept: false }),
  ],
}
