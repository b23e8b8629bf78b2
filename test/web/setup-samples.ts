import type { NotificationsPageProps } from '../../src/web/me/notifications.tsx'
import type { SettingsPageProps } from '../../src/web/setup/settings-props.ts'
import type { ShopPageProps } from '../../src/web/setup/shop-props.ts'
import { listProps, minutesAgo } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...desk } = listProps

export const notificationsPage: NotificationsPageProps = {
  ...desk,
  saved: false,
  byMail: true,
  form: {
    action: '/desk/me/notifications',
    values: { toldOf: 'all', byMail: 'on', quietFrom: '22:00', quietUntil: '07:00' },
    wrong: [],
    open: true,
  },
}

export const settingsPage: SettingsPageProps = {
  ...desk,
  setsUp: true,
  saved: false,
  usualAddress: 'support@desk.example',
  form: {
    action: '/desk/setup/shop/settings',
    values: {
      supervisorCredits: '50',
      agentWaivers: '2',
      mergeWindow: '10',
      undoSeconds: '10',
      lowBalance: '2',
      paidStatuses: 'on-hold',
      unpaidStatuses: '',
      renewalTicket: 'none',
      orderNotes: 'on',
      orderMeta: '',
      mailAddress: 'pomoc@lipa.example',
      thanksReopen: 'on',
      creditsKey: '_support_credits',
    },
    wrong: [],
    open: true,
  },
}

const webhook = (topic: string) => ({
  topic,
  state: 'active' as const,
  checkedAt: minutesAgo(4),
  offs: 0,
})

export const shopPage: ShopPageProps = {
  ...desk,
  setsUp: true,
  status: 'well',
  concerns: [],
  problems: [],
  denied: false,
  shop: { url: 'https://lipa.example', hasKeys: true, connectable: true },
  connection: {
    state: 'connected',
    url: 'https://lipa.example',
    connectedAt: minutesAgo(60 * 24 * 12),
    version: '10.5.0',
    currency: 'EUR',
  },
  connect: {
    action: '/desk/setup/shop/connect',
    values: { url: 'https://lipa.example', days: '0' },
    messages: {},
    wrong: [],
    open: false,
    hasPage: true,
  },
  webhooks: ['order.created', 'order.updated', 'order.deleted', 'order.restored', 'product.updated'].map(
    webhook,
  ),
  webhookUrl: 'https://desk.example/webhooks/woocommerce/1',
  checkedAt: minutesAgo(4),
  pingedAt: minutesAgo(60 * 24 * 12),
  lastDeliveryAt: minutesAgo(18),
  badSignatures: 0,
  reconcile: { finishedAt: minutesAgo(2), seen: 3, taken: 0 },
  look: { finishedAt: minutesAgo(60 * 7), seen: 231, gone: 0 },
  drift: [],
  findings: [],
  unreadable: [],
  backfill: {
    id: '1',
    state: 'done',
    days: 30,
    done: 412,
    total: 412,
    taken: 398,
    finishedAt: minutesAgo(900),
  },
  backfillForm: { action: '/desk/setup/shop/backfill', values: { days: '30' }, wrong: [], open: true },
}

const { connection, connect, backfill } = shopPage
const running = {
  id: '2',
  state: 'running' as const,
  days: 365,
  done: 1200,
  taken: 800,
  reached: minutesAgo(90_000),
}
const missing = { ...webhook('order.created'), state: 'missing' as const }
const off = {
  ...webhook('order.updated'),
  ...{ offs: 2, offAt: minutesAgo(9), mended: 'enabled' as const, mendedAt: minutesAgo(9) },
}

/** Every state that has words of its own. */
export const shopStates: Record<string, Partial<ShopPageProps>> = {
  'not connected': {
    status: 'not_connected',
    shop: { url: 'https://lipa.example', hasKeys: false, connectable: true },
    connection: { url: 'https://lipa.example', version: '', currency: '', state: 'disconnected' },
    connect: { ...connect, values: { url: '', days: '30' }, hasPage: false },
    webhooks: [],
    badSignatures: 3,
  },
  'deliveries only': {
    status: 'deliveries_only',
    shop: { url: 'https://lipa.example', hasKeys: false, connectable: false },
  },
  'go on in the shop': {
    status: 'not_connected',
    shopPage: { href: 'https://lipa.example/wc-auth', host: 'lipa.example' },
  },
  refused: {
    denied: true,
    connect: {
      ...connect,
      open: true,
      wrong: ['url', 'days', 'key', 'secret'],
      messages: {
        url: 'The shop says that it is at https://www.lipa.example.',
        days: 'give a whole number of days',
        key: 'Key and secret are swapped.',
        secret: 'Key and secret are swapped.',
      },
    },
  },
  connecting: {
    status: 'connecting',
    connection: { state: 'webhooks', url: 'https://lipa.example', version: '', currency: '' },
    webhooks: [],
    backfill: running,
    done: 'connecting',
  },
  failed: {
    status: 'trouble',
    connection: {
      ...connection,
      url: 'https://lipa.example',
      version: '',
      currency: '',
      state: 'failed',
      problem: 'The shop does not know the consumer key.',
    },
  },
  'tried again': {
    status: 'trouble',
    connection: {
      ...connection,
      url: 'https://lipa.example',
      version: '',
      currency: '',
      state: 'verifying',
      problem: "The shop's server failed with 500.",
    },
  },
  trouble: {
    status: 'trouble',
    problems: [
      {
        kind: 'webhooks',
        message: 'The shop switched its webhook order.updated off again.',
        since: minutesAgo(70),
      },
    ],
    concerns: [
      'unchecked',
      'missing',
      'paused',
      'switched_off',
      'unreadable',
      'unwritten',
      'drift',
      'never_reached',
    ],
    writing: { message: 'The REST API key may only read.', since: minutesAgo(130) },
    checkProblem: 'The shop did not answer in time.',
    webhooks: [
      missing,
      off,
      { ...webhook('order.deleted'), state: 'paused' },
      { ...webhook('order.restored'), state: 'disabled' },
      { ...webhook('product.updated'), mended: 'recreated', mendedAt: minutesAgo(60) },
      { ...webhook('order.x'), mended: 'moved', mendedAt: minutesAgo(60) },
    ],
    reconcile: { finishedAt: minutesAgo(200), seen: 1, taken: 1, notBefore: minutesAgo(-20) },
    drift: [
      { day: '2026-11-21', orders: 2 },
      { day: '2026-11-19', orders: 1 },
    ],
    findings: [
      { order: '4012', kind: 'new', foundAt: minutesAgo(30) },
      { order: '4009', kind: 'changed', foundAt: minutesAgo(90) },
      { order: '3990', kind: 'gone', foundAt: minutesAgo(4000) },
    ],
    unreadable: [
      { order: '77', reason: 'line_items.0.quantity: expected a number', since: minutesAgo(5000) },
    ],
    backfill: { ...running, state: 'stopped' },
  },
  reading: { backfill: { ...running, total: 3000 } },
}
for (const done of ['connecting', 'disconnected', 'webhooks_left', 'checking', 'reading', 'asked'] as const) {
  shopStates[`done: ${done}`] = { done, ...(backfill && { backfill }) }
}
