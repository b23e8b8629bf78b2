import type { FormProps } from '../../src/web/desk/form-props.ts'
import {
  type PackagePageProps,
  type PackagesPageProps,
  pricedChannels,
  type TermsProps,
} from '../../src/web/desk/packages-props.ts'
import { listProps, minutesAgo } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...desk } = listProps

const plain: TermsProps = {
  units: 1000n,
  days: 365,
  channels: ['email', 'sms', 'video'],
  priority: 0,
  promotional: false,
  overdraft: 0n,
  furtherOrder: 'new_ticket',
  prices: [],
  version: 1,
  sold: 12,
  at: minutesAgo(60 * 24 * 90),
}

const rich: TermsProps = {
  ...plain,
  units: 2050n,
  days: null,
  channels: [...pricedChannels],
  priority: 2,
  promotional: true,
  overdraft: 250n,
  furtherOrder: 'open_ticket',
  prices: [
    { channel: 'email', units: 0n, per: 'reply' },
    { channel: 'sms', units: 50n, per: 'segment' },
    { channel: 'whatsapp', units: 50n, per: 'reply' },
    { channel: 'video', units: 200n, per: 'minutes', step: 10, freeSeconds: 60 },
    { channel: 'work', units: 100n, per: 'minutes', step: 5 },
  ],
  version: 3,
  at: minutesAgo(90),
}

const form: FormProps = {
  action: '/desk/packages',
  values: {
    credits: '10',
    'channel.email': 'on',
    priority: '0',
    overdraft: '0',
    furtherOrder: 'new_ticket',
    'prices.sms.price': '0.5',
    'prices.sms.per': 'segment',
  },
  wrong: [],
  shopPrices: { 'prices.email.price': '1', 'prices.video.step': '5' },
  open: false,
}

/** Everything that can be wrong at once. */
export const wrongForm: FormProps = {
  ...form,
  wrong: [
    ...['match', 'name', 'credits', 'days', 'channels', 'furtherOrder', 'overdraft', 'priority'],
    ...pricedChannels.flatMap((channel) =>
      ['price', 'per', 'step', 'free'].map((part) => `prices.${channel}.${part}`),
    ),
  ],
  matchTaken: true,
  open: true,
}

export const packagesPage: PackagesPageProps = {
  ...desk,
  setsUp: true,
  unmatched: {
    orderCount: 9,
    action: '/desk/packages/unmatched',
    dismissed: false,
    dismissedCount: 1,
    moreHref: '/desk/packages?newest=3&subject=product%3A12#unmatched',
    products: [
      {
        subject: 'variation:14',
        name: 'Support plan – 20 credits',
        sku: 'SUPPORT-20',
        hint: 'proposal',
        proposed: 2000n,
        orderCount: 7,
        orders: ['1042', '1040', '1039', '1031', '1030'],
        pickHref: '/desk/packages?pick=variation%3A14#add',
      },
      {
        subject: 'product:21',
        name: 'پشتیبانی تلفنی',
        sku: '',
        hint: 'name',
        orderCount: 1,
        orders: ['1038'],
        pickHref: '/desk/packages?pick=product%3A21#add',
      },
      { subject: 'name:Old', name: 'Old', sku: 'SUP-1', hint: 'similar', orderCount: 1, orders: ['7'] },
    ],
  },
  packages: [
    {
      ...plain,
      id: '1',
      name: 'Support pack 10',
      match: 'sku:SUPPORT-10',
      example: { things: ['video', 'email'], units: 500n },
    },
    {
      ...rich,
      id: '2',
      name: '',
      match: 'variation:13',
      example: { things: ['video'], units: 400n },
      retiredAt: minutesAgo(30),
    },
    {
      ...plain,
      id: '3',
      name: 'پشتیبانی',
      match: 'product:15',
      example: { things: ['sms'], units: 100n },
    },
  ],
  retiredShown: true,
  moreHref: '/desk/packages?retired=true&after=3',
  add: form,
  rates: { ...form, action: '/desk/rates' },
  rateExample: { things: ['video', 'email'], units: 500n },
  cost: {
    values: { video: '12', emails: '2', texts: '3', letters: '161', work: '0' },
    wrong: [],
    wrongPrices: false,
    lines: [
      { channel: 'video', count: 12, units: 300n },
      { channel: 'email', count: 2, units: 200n },
      { channel: 'sms', count: 3, segments: 2, units: 300n },
      { channel: 'sms', count: 1, segments: 1, units: 100n },
      { channel: 'work', count: 1, units: 100n },
    ],
    units: 800n,
  },
}

export const packagePage: PackagePageProps = {
  ...desk,
  setsUp: true,
  package: {
    ...rich,
    id: '2',
    name: 'Support plan',
    match: 'variation:13',
    example: { things: ['video', 'email'], units: 400n },
  },
  edit: { ...form, action: '/desk/packages/2', version: 3, open: true },
  retireAction: '/desk/packages/2/retire',
  changed: false,
  versions: [rich, { ...rich, version: 2, prices: [] }, plain],
}
