import {
  renderNoShop,
  renderStartOver,
  renderStartPage,
  type StartPageProps,
  startFields,
} from '../../src/web/first-start/page.tsx'
import { renderMePage } from '../../src/web/me/me.tsx'
import type { MePageProps } from '../../src/web/me/props.ts'
import {
  renderCodes,
  renderEnrol,
  renderOwnPassword,
  renderSecondFactor,
} from '../../src/web/me/security.tsx'
import { signInProblems } from '../../src/web/sign-in/fields.tsx'
import {
  renderCodePage,
  renderForgottenPage,
  renderLoginPage,
  renderPasswordPage,
  renderShopPage,
} from '../../src/web/sign-in/pages.tsx'
import { listProps, minutesAgo } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...desk } = listProps

export const mePage: MePageProps = {
  ...desk,
  email: 'maja@example.test',
  passwordSetAt: minutesAgo(90_000),
  hasSecondFactor: true,
  codesLeft: 9,
  secondFactorRequired: false,
  logins: [
    { id: '3', device: 'Firefox on Linux', address: '203.0.113.x', here: true },
    { id: '2', device: 'پشتیبانی', address: '2001:db8:7:…', here: false },
    { id: '1', device: '', address: '', here: false },
  ].map((login, at) => ({ ...login, createdAt: minutesAgo(9000), seenAt: minutesAgo(at * 300) })),
}

const enrol = {
  ...desk,
  email: 'maja@example.test',
  required: true,
  secret: 'JBSW Y3DP EHPK 3PXP',
  sealed: 'x',
  qr: [
    [true, false],
    [false, true],
  ],
}

const startPage: StartPageProps = {
  ...desk,
  action: '/start/x',
  values: {
    ...{ shopName: 'پشتیبانی', url: 'https://shop.example', timezone: 'Europe/Ljubljana', locale: 'en' },
    ...{ name: 'Maja Kos', email: 'maja@example.test' },
  },
  wrong: [],
  timeZones: ['Europe/Ljubljana', 'UTC'],
  locales: ['en'],
}

/** Signing in and one's own account, in every state that has words of its own. */
export function signInPages(): [string, string][] {
  const { passwordSetAt: _at, ...noPassword } = mePage
  const off = { ...noPassword, hasSecondFactor: false, logins: mePage.logins.slice(0, 1) }
  const link = {
    ...desk,
    action: '/login/password/x',
    agentName: 'Maja Kos',
    email: 'maja@example.test',
    shopName: 'Trgovina Lipa',
    first: true,
  }
  return [
    ['first start', renderStartPage(startPage)],
    [
      'first start, wrong',
      renderStartPage({ ...startPage, wrong: [...startFields], problem: { kind: 'differs' } }),
    ],
    ['first start, over', renderStartOver({ ...desk, made: false })],
    ['first start, made', renderStartOver({ ...desk, made: true })],
    ['no shop yet', renderNoShop(desk)],
    ['login', renderLoginPage(desk)],
    ...(['expired', 'used', 'unknown', 'signed_out'] as const).map((reason): [string, string] => [
      `login: ${reason}`,
      renderLoginPage({ ...desk, reason }),
    ]),
    ...signInProblems.map((kind): [string, string] => [
      `login, ${kind}`,
      renderLoginPage({
        ...desk,
        problem: { kind, minutes: 12 },
        email: 'maja@example.test',
        next: '/desk/x',
      }),
    ]),
    [
      'login, shops',
      renderShopPage({
        ...desk,
        shops: [
          { name: 'پشتیبانی', step: 'a' },
          { name: 'Lipa', step: 'b' },
        ],
      }),
    ],
    ['login, code', renderCodePage({ ...desk, step: 'x', problem: { kind: 'code' } })],
    ['forgotten', renderForgottenPage({ ...desk, sent: false, noMail: false })],
    ['forgotten, no mail', renderForgottenPage({ ...desk, sent: false, noMail: true })],
    ['forgotten, sent', renderForgottenPage({ ...desk, sent: true, noMail: false })],
    ['password by link', renderPasswordPage({ ...link, problem: { kind: 'differs' } })],
    ['password by link, again', renderPasswordPage({ ...link, first: false })],
    ['account', renderMePage(mePage)],
    ['account, plain', renderMePage(off)],
    ['account, required', renderMePage({ ...off, secondFactorRequired: true })],
    ['account, name refused', renderMePage({ ...mePage, name: '', problem: { kind: 'name' } })],
    ...(['name', 'password', 'signed_out', 'second_factor_off'] as const).map((done): [string, string] => [
      `account: ${done}`,
      renderMePage({ ...mePage, done, codesLeft: 1 }),
    ]),
    [
      'own password',
      renderOwnPassword({ ...desk, email: 'm@x.test', hasPassword: true, problem: { kind: 'password' } }),
    ],
    ['own password, first', renderOwnPassword({ ...desk, email: 'm@x.test', hasPassword: false })],
    ['second factor, enrol', renderEnrol({ ...enrol, problem: { kind: 'code' } })],
    ['second factor, by choice', renderEnrol({ ...enrol, required: false })],
    ['second factor, on', renderSecondFactor({ ...desk, email: 'm@x.test', codesLeft: 1, required: false })],
    ['second factor, must', renderSecondFactor({ ...desk, email: 'm@x.test', codesLeft: 3, required: true })],
    ['recovery codes', renderCodes({ ...desk, codes: ['abcd-efgh-ijkl-mnop', 'qrst-uvwx-yz23-4567'] })],
  ]
}
