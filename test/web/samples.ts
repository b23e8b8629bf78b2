import type { DeskListProps, TicketRow } from '../../src/web/desk/list-props.ts'
import type { CustomerContextProps } from '../../src/web/desk/side-props.ts'
import type { TicketPageProps } from '../../src/web/desk/ticket-props.ts'
import type { OfferPageProps } from '../../src/web/portal/offer.tsx'
import type { PortalProps } from '../../src/web/portal/props.ts'
import type { PageFrame } from '../../src/web/props.ts'
import type {
  SandboxMailListProps,
  SandboxMailProps,
  SandboxPhoneProps,
} from '../../src/web/sandbox/props.ts'
import type { SessionPageProps } from '../../src/web/session/props.ts'
import { wordsFor } from '../../src/words/words.ts'

export const now = new Date('2026-11-21T14:31:00Z')

/** A moment before `now`. */
export const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

export const frame: PageFrame = {
  words: wordsFor('en'),
  csrf: 'csrf-token',
  assets: { css: '/assets/style.css', icon: '/assets/mark.svg', scripts: { desk: '/assets/desk.js' } },
  now,
  timeZone: 'Europe/Ljubljana',
  sandbox: false,
}

const desk = {
  ...frame,
  shopName: 'Trgovina Lipa',
  agentName: 'Maja Kovač',
  lowBalance: 200n,
  counts: { unanswered: 12, due: 2, mine: 5, unassigned: 3, low: 4, snoozed: 6, waiting: 1000, spam: 0 },
}

const row = (over: Partial<TicketRow> & Pick<TicketRow, 'id'>): TicketRow => ({
  number: 1042,
  customerName: 'Žiga Čebašek',
  subject: 'Checkout page is blank after the update',
  preview: 'I cleared the cache as you wrote and it is still white on the phone.',
  lastIsOurs: false,
  channel: 'sms',
  at: minutesAgo(4),
  available: 700n,
  state: 'open',
  unanswered: true,
  tags: [],
  ...over,
})

export const rows: TicketRow[] = [
  row({ id: 't1', tags: ['checkout', 'urgent'], assignee: 'Maja Kovač', dueAt: minutesAgo(-25) }),
  row({
    id: 't2',
    number: 1041,
    customerName: 'Ελένη Παπαδοπούλου',
    subject: 'Το τιμολόγιο δεν στέλνεται',
    preview: 'Καλησπέρα, μετά την ενημέρωση δεν φεύγει κανένα τιμολόγιο.',
    channel: 'email',
    at: minutesAgo(18),
    available: 100n,
    dueAt: minutesAgo(15),
  }),
  row({
    id: 't3',
    number: 1039,
    customerName: 'سارا محمدی',
    subject: 'درگاه پرداخت کار نمی‌کند',
    preview: 'سلام، از دیروز پرداخت‌ها ناموفق است',
    channel: 'portal',
    at: minutesAgo(70),
    available: 2450n,
    tags: ['پرداخت'],
    dueAt: minutesAgo(-60 * 5),
  }),
  row({
    id: 't4',
    number: 1037,
    customerName: 'Dmitrij Orlov',
    subject: 'Shipping zones for the islands',
    preview: 'Thanks! One more thing about the ferry surcharge that we spoke of.',
    channel: 'email',
    at: minutesAgo(150),
    available: 0n,
    unanswered: false,
    state: 'waiting',
    lastIsOurs: true,
    assignee: 'Luka Vidmar',
  }),
  row({
    id: 't5',
    number: 1030,
    customerName: '',
    subject: 'Support pack 10',
    preview: '',
    channel: 'email',
    at: minutesAgo(60 * 24 * 9),
    available: 1000n,
    unanswered: false,
  }),
]

export const listProps: DeskListProps = {
  ...desk,
  place: { view: 'unanswered', search: '?view=unanswered' },
  choices: {
    agents: [
      { id: '1', name: 'Maja Kovač' },
      { id: '2', name: 'Luka Vidmar' },
    ],
    tags: ['checkout', 'urgent', 'پرداخت'],
  },
  rows,
  olderHref: '/desk?view=unanswered&before=abc',
}

const onePayer = {
  name: 'Support 10',
  units: 100n,
  beyond: 0n,
  until: new Date('2027-11-21T22:59:59Z'),
}

export const ticketProps: TicketPageProps = {
  ...desk,
  ticket: {
    id: 't1',
    number: 1042,
    tags: ['checkout', 'urgent'],
    dueAt: minutesAgo(-25),
    subject: 'Checkout page is blank after the update',
    state: 'open',
    order: '59',
    assignee: 'Maja',
  },
  place: { view: 'unanswered', search: '?view=unanswered' },
  choices: {
    agents: [
      { id: '1', name: 'Maja Kovač' },
      { id: '2', name: 'Luka Vidmar' },
    ],
    tags: ['checkout', 'urgent', 'پرداخت'],
  },
  rows,
  conversation: [
    { kind: 'ticket_opened', at: minutesAgo(150), data: { order: '59' } },
    {
      kind: 'grant',
      at: minutesAgo(150),
      data: { packageName: 'Support pack 10', quantity: 1, units: 1000n, order: '59' },
    },
    {
      kind: 'message',
      id: 'm0',
      direction: 'out',
      author: 'CreditDesk',
      channel: 'email',
      at: minutesAgo(149),
      body: 'Welcome! You have 10 credits.\n\nYour private page: https://desk.example.test/portal/abc',
      state: 'delivered',
      automatic: true,
      subject: 'Your support is ready',
    },
    {
      kind: 'message',
      id: 'm1',
      direction: 'in',
      author: 'Žiga Čebašek',
      channel: 'email',
      at: minutesAgo(131),
      body: "Hello, since yesterday's update the checkout shows a white page. The shop is live, so this hurts.\n\nSee https://lipa.example.test/blagajna.\n\nOn Fri, Trgovina Lipa wrote:\n> Welcome! You have 10 credits.\n> Write to us any time.",
    },
    {
      kind: 'message',
      id: 'm2',
      direction: 'out',
      author: 'Maja Kovač',
      channel: 'email',
      at: minutesAgo(110),
      body: 'I can reproduce it with PHP 8.3. Please clear the page cache first; the fix is on its way.',
      state: 'delivered',
      cost: { kind: 'charged', units: 100n },
    },
    {
      kind: 'session_billed',
      at: minutesAgo(80),
      data: { actualSeconds: 760, billedSeconds: 900, units: 200n, agent: 'Maja' },
    },
    {
      kind: 'message',
      id: 'm3',
      direction: 'note',
      author: 'Luka Vidmar',
      channel: 'note',
      at: minutesAgo(60),
      body: 'The bug is ours: do not charge the next reply.',
    },
    {
      kind: 'message',
      id: 'm4',
      direction: 'out',
      author: 'Maja Kovač',
      channel: 'sms',
      at: minutesAgo(40),
      body: 'The fix is live. Please try once more.',
      state: 'sent',
      cost: { kind: 'waived', units: 100n, reason: 'our bug' },
    },
    {
      kind: 'message',
      id: 'm5',
      direction: 'in',
      author: 'Žiga Čebašek',
      channel: 'sms',
      at: minutesAgo(4),
      body: 'I cleared the cache as you wrote and it is still white on the phone.',
    },
  ],
  composer: {
    channels: [
      {
        channel: 'email',
        to: 'ziga.cebasek@example.test',
        offer: { kind: 'ready', costs: 100n, leaves: 600n, payers: [onePayer] },
      },
      {
        channel: 'sms',
        to: '+386 40 123 456',
        offer: {
          kind: 'ready',
          costs: 100n,
          leaves: 600n,
          payers: [
            { ...onePayer, units: 40n },
            { name: 'Goodwill', units: 60n, beyond: 20n },
          ],
        },
      },
      {
        channel: 'portal',
        offer: { kind: 'ready', costs: 0n, leaves: 700n, payers: [], freeUntil: minutesAgo(-8) },
      },
      {
        channel: 'video',
        offer: { kind: 'session', costs: 100n, payers: [onePayer], stepMinutes: 5, freeSeconds: 0 },
      },
      { channel: 'note', offer: { kind: 'ready', costs: 0n, leaves: 700n, payers: [] } },
      { channel: 'work', offer: { kind: 'work', costs: 100n, stepMinutes: 5, short: false } },
    ],
    selected: 'email',
    agreed: [{ id: 'o1', minutes: 20, units: 400n, body: 'Move the shop to PHP 8.4.', agent: 'Maja' }],
    idempotencyKey: 'key-1',
    lastSeenMessageId: 'm5',
    draft:
      'Thank you, that helps: the phone theme has its own cache. I have just switched it off for you, please reload once.',
    mayWaive: true,
    files: [{ id: '7', name: 'phone-theme-cache.png', size: 84_000 }],
    limits: { fileBytes: 10_000_000, bytesTogether: 15_000_000, files: 10 },
  },
  balance: { available: 700n, held: 0n, used: 300n, deficit: 0n, overdraft: 0n },
  statementHref: '/desk/customers/7/statement?ticket=t1',
  grants: [
    {
      id: 'g1',
      name: 'Support pack 10',
      order: '59',
      entitled: 1000n,
      remainder: 700n,
      held: 0n,
      expiresAt: new Date('2027-11-21T22:59:59Z'),
      state: 'live',
    },
  ],
  tally: { email: 1, sms: 1, portal: 0, videoSeconds: 760, workMinutes: 20 },
  customer: {
    name: 'Žiga Čebašek',
    language: 'slovenščina',
    emails: ['ziga.cebasek@example.test'],
    phones: ['+386 40 123 456'],
  },
  context: {
    state: { kind: 'asOf', asOf: minutesAgo(37), asking: false },
    orders: 14,
    complete: true,
    spent: [
      { currency: 'EUR', amount: '1482.30' },
      { currency: 'USD', amount: '59.00' },
    ],
    firstOrderAt: new Date('2024-02-11T10:00:00Z'),
    lastOrderAt: minutesAgo(151),
    country: 'SI',
    otherEmails: ['racuni@cebasek.example.test'],
    latest: [
      {
        number: '59',
        at: minutesAgo(151),
        total: '112.50',
        currency: 'EUR',
        status: 'completed',
        href: 'https://shop.example/wp-admin/admin.php?page=wc-orders&action=edit&id=59',
      },
      {
        number: '31',
        at: new Date('2026-10-03T10:00:00Z'),
        total: '220.50',
        currency: 'EUR',
        status: 'refunded',
        href: 'https://shop.example/wp-admin/admin.php?page=wc-orders&action=edit&id=31',
      },
      {
        number: '12-A',
        at: new Date('2026-08-12T10:00:00Z'),
        total: '59.00',
        currency: 'USD',
        status: 'in-wrapping',
        href: 'https://shop.example/wp-admin/admin.php?page=wc-orders&action=edit&id=12',
      },
    ],
  },
  earlier: [
    {
      id: 't9',
      number: 988,
      subject: 'Kuponi se seštejejo dvakrat',
      state: 'closed',
      at: new Date('2026-10-04T10:00:00Z'),
    },
  ],
  held: [
    {
      id: '3',
      agent: 'Maja Kos',
      sender: 'maja@elsewhere.example',
      why: 'sender',
      detail: 'maja@elsewhere.example',
      text: 'Please clear the cache.',
      at: new Date('2026-11-22T09:00:00Z'),
    },
  ],
  asked: [{ id: 'o2', minutes: 45, units: 900n, body: 'Write a shipping rule.', agent: 'Maja' }],
  flags: [],
}

/** Everything that can go wrong or ask for a person, on one ticket. */
export const troubledTicket: TicketPageProps = {
  ...ticketProps,
  sandbox: true,
  ticket: { ...ticketProps.ticket, subject: 'درگاه پرداخت کار نمی‌کند', state: 'waiting' },
  conversation: [
    { kind: 'ticket_opened', at: minutesAgo(3000), data: {} },
    { kind: 'needs_contact', at: minutesAgo(3000), data: {} },
    { kind: 'order_cancelled', at: minutesAgo(2500), data: { order: '59' } },
    { kind: 'revoke', at: minutesAgo(2500), data: { units: 1000n, order: '59' } },
    { kind: 'revoke', at: minutesAgo(2450), data: { units: 200n, order: '59', refunded: true } },
    { kind: 'revoke', at: minutesAgo(2400), data: { units: 100n } },
    { kind: 'order_trashed', at: minutesAgo(2300), data: { order: '59' } },
    { kind: 'order_restored', at: minutesAgo(2200), data: { order: '59' } },
    { kind: 'restore', at: minutesAgo(2200), data: { units: 1000n } },
    {
      kind: 'amount_refund_flagged',
      at: minutesAgo(2000),
      data: { order: '59', amount: '20.00', currency: 'EUR' },
    },
    { kind: 'contact_changed', at: minutesAgo(1900), data: { to: 'sara@example.test' } },
    { kind: 'session_started', at: minutesAgo(1800), data: { agent: 'Maja' } },
    { kind: 'session_started', at: minutesAgo(1700), data: {} },
    { kind: 'session_void', at: minutesAgo(1600), data: {} },
    {
      kind: 'message',
      id: 'm1',
      direction: 'in',
      author: 'سارا محمدی',
      channel: 'portal',
      at: minutesAgo(90),
      body: 'سلام، از دیروز پرداخت‌ها ناموفق است.\n\nلطفاً نگاه کنید.',
    },
    {
      kind: 'message',
      id: 'm2',
      direction: 'out',
      author: 'Maja Kovač',
      channel: 'sms',
      at: minutesAgo(70),
      body: 'Please switch the gateway to test mode.',
      state: 'failed',
      failure: '30003 unreachable handset',
      cost: { kind: 'reversed', units: 100n },
    },
    { kind: 'reversed', at: minutesAgo(69), data: { units: 100n, reason: 'not delivered' } },
    {
      kind: 'message',
      id: 'm3',
      direction: 'out',
      author: 'Maja Kovač',
      channel: 'email',
      at: minutesAgo(30),
      body: 'I wrote it once more by e-mail.',
      state: 'unknown',
      cost: { kind: 'charged', units: 100n },
    },
    {
      kind: 'message',
      id: 'm4',
      direction: 'out',
      author: 'Luka Vidmar',
      channel: 'work',
      at: minutesAgo(20),
      body: 'Cleaned the log table.',
      state: 'queued',
      workMinutes: 12,
      cost: { kind: 'charged', units: 250n },
    },
    {
      kind: 'message',
      id: 'm5',
      direction: 'in',
      author: '',
      channel: 'email',
      at: minutesAgo(2),
      body: '> only a quote',
      isNew: true,
    },
  ],
  olderHref: '/desk/tickets/t1?before=m1',
  composer: {
    ...ticketProps.composer,
    channels: [
      { channel: 'email', offer: { kind: 'insufficient', required: 100n, available: 50n } },
      { channel: 'sms', offer: { kind: 'unavailable', reason: 'no_phone' } },
      { channel: 'portal', offer: { kind: 'unavailable', reason: 'not_covered' } },
      { channel: 'video', offer: { kind: 'running', href: '/session/s1/agent' } },
      { channel: 'note', offer: { kind: 'ready', costs: 0n, leaves: 50n, payers: [] } },
    ],
    error: { code: 'insufficient_credits', required: 100n, available: 50n },
    draft: 'A draft that must not be lost.',
  },
  balance: { available: 250n, held: 250n, used: 500n, deficit: 200n, overdraft: 100n },
  grants: [
    {
      id: 'g1',
      name: 'بستهٔ ۱۰ تایی',
      order: '59',
      entitled: 1000n,
      remainder: 250n,
      held: 250n,
      state: 'live',
    },
    {
      id: 'g2',
      name: 'Support pack 5',
      order: '40',
      entitled: 500n,
      remainder: 0n,
      held: 0n,
      expiresAt: new Date('2026-01-31T22:59:59Z'),
      state: 'expired',
    },
    { id: 'g3', name: 'Goodwill', entitled: 100n, remainder: 100n, held: 0n, state: 'frozen' },
    {
      id: 'g4',
      name: 'Support pack 2',
      order: '41',
      entitled: 0n,
      remainder: 0n,
      held: 0n,
      state: 'revoked',
    },
  ],
  customer: { name: 'سارا محمدی', emails: [], phones: [] },
  flags: [
    { kind: 'amount_refund', order: '59', amount: '20.00', currency: 'EUR', proposal: 200n },
    { kind: 'amount_refund', order: '60', amount: '5.00', currency: 'EUR' },
    { kind: 'equal_dates', order: '59' },
    { kind: 'custom_status', order: '59' },
    { kind: 'deleted_product', order: '59' },
    { kind: 'order_vanished', order: '59' },
    { kind: 'contact_changed', order: '59', to: 'new@example.test' },
    { kind: 'deficit', units: 200n },
    { kind: 'other', text: 'Look at this order.' },
  ],
}

export const portalProps: PortalProps = {
  ...frame,
  shopName: 'Trgovina Lipa',
  customerName: 'Žiga Čebašek',
  balance: ticketProps.balance,
  grants: ticketProps.grants,
  ticket: {
    number: 1042,
    subject: 'Checkout page is blank after the update',
    state: 'waiting',
    messages: [
      {
        id: 'm1',
        mine: true,
        author: 'Žiga Čebašek',
        channel: 'email',
        at: minutesAgo(131),
        body: "Hello, since yesterday's update the checkout shows a white page.",
      },
      {
        id: 'm2',
        mine: false,
        author: 'Maja',
        channel: 'email',
        at: minutesAgo(110),
        body: 'I can reproduce it with PHP 8.3. Please clear the page cache first; the fix is on its way.',
      },
      {
        id: 'm3',
        mine: false,
        author: 'Maja',
        channel: 'work',
        at: minutesAgo(60),
        body: 'Moved the shop to PHP 8.4.',
        work: { minutes: 20, units: 400n },
      },
    ],
    replyAction: '/portal/abc/reply',
    idempotencyKey: 'key-2',
  },
  others: [
    {
      number: 988,
      subject: 'Kuponi se seštejejo dvakrat',
      state: 'closed',
      at: new Date('2026-10-04T10:00:00Z'),
      href: '/portal/abc?ticket=988',
    },
  ],
  statementHref: '/portal/abc/statement',
  spent: [
    {
      kind: 'session',
      at: minutesAgo(80),
      units: -200n,
      actualSeconds: 760,
      billedSeconds: 900,
      agent: 'Maja',
    },
    {
      kind: 'reply',
      at: minutesAgo(110),
      units: -100n,
      channel: 'email',
      agent: 'Maja',
      subject: 'Checkout page is blank',
    },
    { kind: 'purchase', at: minutesAgo(150), units: 1000n, packageName: 'Support pack 10', order: '59' },
    { kind: 'work', at: minutesAgo(9000), units: -150n, agent: 'Luka', subject: 'Log table', minutes: 8 },
    { kind: 'returned', at: minutesAgo(9100), units: 100n },
    { kind: 'expired', at: minutesAgo(9200), units: -50n },
    { kind: 'goodwill', at: minutesAgo(9300), units: 100n },
    { kind: 'refund', at: minutesAgo(9400), units: -500n, packageName: 'Support pack 5' },
  ],
  offers: [
    {
      minutes: 20,
      units: 400n,
      body: 'Move the shop to PHP 8.4.',
      agent: 'Maja',
      action: '/offer/abc',
      csrf: 'csrf-token',
    },
  ],
  session: { href: '/session/s1/customer', agent: 'Maja' },
  buyHref: 'https://lipa.example.test/podpora',
}

export const offerProps: OfferPageProps = {
  ...frame,
  shopName: 'Trgovina Lipa',
  ticketNumber: 1042,
  subject: 'Checkout page is blank after the update',
  offer: { minutes: 20, units: 400n, body: 'Move the shop to PHP 8.4.', agent: 'Maja' },
  available: 700n,
  state: 'open',
  action: '/offer/abc',
  portalHref: '/portal/abc',
}

export const sessionProps: SessionPageProps = {
  ...frame,
  side: 'agent',
  shopName: 'Trgovina Lipa',
  ticketNumber: 1042,
  subject: 'Checkout page is blank after the update',
  otherName: 'Žiga Čebašek',
  socketUrl: 'ws://127.0.0.1:9/socket',
  backHref: '/desk/tickets/t1',
  endAction: '/session/s1/end',
  price: { units: 100n, stepMinutes: 5, freeSeconds: 60 },
  session: {
    state: 'open',
    agentPresent: true,
    customerPresent: false,
    togetherSeconds: 0,
    billedSeconds: 0,
    heldUnits: 200,
    remainingSeconds: null,
  },
}

export const mailListProps: SandboxMailListProps = {
  ...frame,
  sandbox: true,
  mails: [
    {
      id: 'x1',
      to: 'ziga.cebasek@example.test',
      from: 'Trgovina Lipa <desk@example.test>',
      subject: 'Re: Checkout page is blank after the update',
      preview: 'I can reproduce it with PHP 8.3. Please clear the page cache first.',
      at: minutesAgo(110),
    },
    {
      id: 'x2',
      to: 'eleni@example.test',
      from: 'Trgovina Lipa <desk@example.test>',
      subject: 'Η υποστήριξή σας είναι έτοιμη',
      preview: 'Έχετε 10 μονάδες.',
      at: minutesAgo(150),
    },
  ],
}

export const mailProps: SandboxMailProps = {
  ...frame,
  sandbox: true,
  mail: {
    id: 'x1',
    from: 'Trgovina Lipa <desk@example.test>',
    to: 'ziga.cebasek@example.test',
    subject: 'Re: Checkout page is blank after the update',
    at: minutesAgo(110),
    text: 'I can reproduce it with PHP 8.3.\n\nPlease clear the page cache first.',
    hasHtml: true,
    headers: [
      ['Message-ID', '<m2@example.test>'],
      ['Reply-To', 'reply+abc@example.test'],
    ],
  },
}

export const phoneProps: SandboxPhoneProps = {
  ...frame,
  sandbox: true,
  numbers: [
    { number: '+38640123456', at: minutesAgo(4), preview: 'I cleared the cache as you wrote' },
    { number: '+306912345678', at: minutesAgo(400), preview: 'Καλησπέρα' },
  ],
  phone: {
    number: '+38640123456',
    texts: [
      { id: 's1', direction: 'received', body: 'The fix is live. Please try once more.', at: minutesAgo(40) },
      {
        id: 's2',
        direction: 'written',
        body: 'I cleared the cache as you wrote and it is still white on the phone.',
        at: minutesAgo(4),
      },
    ],
  },
}

/** The customer's card in each state that has words of its own, by name. */
export const shopContexts: Record<string, CustomerContextProps> = {
  unasked: {
    state: { kind: 'unasked' },
    orders: 1,
    complete: true,
    spent: [{ currency: 'EUR', amount: '125' }],
    firstOrderAt: minutesAgo(151),
    lastOrderAt: minutesAgo(151),
    country: '',
    otherEmails: [],
    latest: [{ number: '59', at: minutesAgo(151), total: '125', currency: 'EUR', status: 'processing' }],
  },
  asking: {
    state: { kind: 'asking' },
    orders: 0,
    complete: true,
    spent: [],
    country: '',
    otherEmails: [],
    latest: [],
  },
  'asked again, a reseller': {
    state: { kind: 'asOf', asOf: minutesAgo(420), asking: true },
    orders: 300,
    complete: false,
    spent: [{ currency: 'EUR', amount: '98765.4' }],
    firstOrderAt: new Date('2025-03-03T10:00:00Z'),
    lastOrderAt: minutesAgo(151),
    country: 'DE',
    otherEmails: ['maksimiljana.podgorsek-zupancic@a-rather-long-name-of-a-shop.example.test'],
    latest: [],
  },
  failed: {
    state: { kind: 'failed', reason: 'The shop does not know the consumer key.' },
    orders: 0,
    complete: true,
    spent: [],
    country: '',
    otherEmails: [],
    latest: [],
  },
  'failed later': {
    state: { kind: 'failed', reason: 'The shop did not answer in time.', asOf: minutesAgo(2000) },
    orders: 0,
    complete: true,
    spent: [],
    country: '',
    otherEmails: [],
    latest: [],
  },
}
