import { type AuditPageProps, type AuditRow, type AuditValue, auditWords } from '../../src/web/audit/props.ts'
import { listProps, minutesAgo } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...desk } = listProps

const price: AuditValue = { kind: 'price', units: 50n, per: 'segment' }

const row = (n: number, over: Partial<AuditRow> = {}): AuditRow => ({
  id: String(n),
  at: minutesAgo(n * 700),
  who: { kind: 'person', name: 'Maja Kos' },
  action: 'settings_change',
  units: 250n,
  changes: [],
  ...over,
})

const ana = { name: 'Ana Kos', href: '/desk/customers/7/statement' }

export const auditPage: AuditPageProps = {
  ...desk,
  seesReports: true,
  setsUp: true,
  about: 'all',
  paged: true,
  olderHref: '/desk/audit?before=7',
  rows: [
    row(1, {
      action: 'package_edit',
      match: 'sku:SUPPORT-10',
      href: '/desk/packages/4',
      changes: [
        {
          field: 'credits',
          before: { kind: 'credits', units: 1000n },
          after: { kind: 'credits', units: 1250n },
        },
        { field: 'days', before: { kind: 'days', days: 365 }, after: { kind: 'days', days: null } },
        { field: 'name', before: { kind: 'text', text: '' }, after: { kind: 'text', text: 'بسته' } },
        { field: 'price', channel: 'sms', before: { kind: 'none' }, after: price },
        {
          field: 'price',
          channel: 'video',
          before: { kind: 'price', units: 200n, per: 'minutes', step: 10 },
          after: { kind: 'price', units: 200n, per: 'minutes', step: 10, free: 60 },
        },
        {
          field: 'channels',
          before: { kind: 'channels', channels: ['email'] },
          after: { kind: 'channels', channels: ['email', 'sms', 'video'] },
        },
        {
          field: 'furtherOrder',
          before: { kind: 'furtherOrder', order: 'new_ticket' },
          after: { kind: 'furtherOrder', order: 'open_ticket' },
        },
        { field: 'promotional', before: { kind: 'choice', on: false }, after: { kind: 'choice', on: true } },
      ],
    }),
    row(2, {
      who: { kind: 'cli' },
      changes: [
        {
          field: 'mergeWindow',
          before: { kind: 'minutes', minutes: 0 },
          after: { kind: 'minutes', minutes: 10 },
        },
        {
          field: 'agentWaivers',
          before: { kind: 'number', number: 0 },
          after: { kind: 'number', number: 2 },
        },
      ],
    }),
    row(3, {
      who: { kind: 'key', id: '3' },
      action: 'rate_set',
      channel: 'sms',
      changes: [{ field: 'price', before: price, after: price }],
    }),
    row(4, {
      action: 'adjust',
      customer: ana,
      reason: 'agreed',
      note: 'By phone, as promised to her on Monday.',
    }),
    row(5, {
      action: 'contact_add',
      customer: ana,
      person: 'Jan Novak',
      who: { kind: 'person', name: 'Ana Kos' },
    }),
    row(6, { action: { unknown: 'of_a_later_release' }, who: { kind: 'system' } }),
    ...auditWords.map((action, index) => row(7 + index, { action, channel: 'email', match: 'product:11' })),
  ],
}
