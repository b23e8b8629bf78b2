import { renderDeskList } from '../../src/web/desk/list.tsx'
import { renderAgentsPage } from '../../src/web/setup/agents.tsx'
import { type AgentsPageProps, agentsDone } from '../../src/web/setup/agents-props.ts'
import { type ChannelsPageProps, renderChannels } from '../../src/web/setup/channels.tsx'
import { steps } from '../../src/web/setup/first-steps.tsx'
import { renderHub, setupParts } from '../../src/web/setup/hub.tsx'
import { type KeysPageProps, renderKeysPage } from '../../src/web/setup/keys.tsx'
import type { RoundProps } from '../../src/web/setup/way-back.tsx'
import { listProps, minutesAgo } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...rest } = listProps
const desk = { ...rest, setsUp: true }

const agents: AgentsPageProps = {
  ...desk,
  agents: [
    {
      ...{ id: '1', name: 'Maja Kos', email: 'maja@example.test', role: 'owner', hasPassword: true },
      ...{ hasSecondFactor: true, seenAt: minutesAgo(3), gone: false, openTickets: 12, self: true },
    },
    {
      ...{
        id: '2',
        name: 'پشتیبانی',
        email: 'a-rather-long-address-of-somebody@a-rather-long-host.example.test',
      },
      ...{
        role: 'agent',
        hasPassword: false,
        hasSecondFactor: true,
        gone: false,
        openTickets: 1,
        self: false,
      },
    },
    {
      ...{ id: '3', name: 'Luka', email: 'luka@example.test', role: 'supervisor', hasPassword: true },
      ...{ hasSecondFactor: false, gone: true, openTickets: 0, self: false },
    },
  ],
  required: false,
  noMail: false,
  invite: { values: { email: '', name: '', role: 'agent' }, wrong: [], taken: false },
  openId: '2',
}
const keys: KeysPageProps = {
  ...desk,
  keys: [
    {
      id: '2',
      name: 'پشتیبانی',
      scopes: ['read', 'write', 'supervise', 'administer'],
      createdAt: minutesAgo(90),
    },
    { id: '1', name: '', scopes: ['read'], createdAt: minutesAgo(9000), revokedAt: minutesAgo(50) },
  ],
  revoked: false,
  wrong: [],
}
const channels: ChannelsPageProps = {
  ...desk,
  testsWayBack: true,
  email: 'maja@example.test',
  channels: [
    { channel: 'email', state: 'on', missing: [] },
    { channel: 'mailIn', state: 'off', missing: ['IMAP_URL', 'SMTP_LISTEN_PORT'] },
    { channel: 'sms', state: 'sandbox', missing: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] },
    { channel: 'video', state: 'on', missing: [] },
  ],
}
const sentOff = { address: 'support@desk.example', sentAt: minutesAgo(1) }
const rounds: RoundProps[] = [
  { ...sentOff, kind: 'waiting' },
  { ...sentOff, kind: 'lost' },
  { ...sentOff, kind: 'refused', reason: '550 no such mailbox' },
  { ...sentOff, kind: 'back', seconds: 7, door: 'imap' },
  { ...sentOff, kind: 'back', seconds: 0, door: 'smtp' },
]
const invited = { email: 'x', name: '', role: 'owner' as const }
const outcomes = ['accepted', 'rejected', 'temporary', 'unknown', 'tries', 'phone'] as const

/** The owners' setup in every state that has words of its own. */
export function setupPages(): [string, string][] {
  return [
    ['agents', renderAgentsPage(agents)],
    ['agents, no mail', renderAgentsPage({ ...agents, noMail: true, required: true })],
    ...(['invitation', 'password'] as const).map((kind): [string, string] => [
      `agents, the link of an ${kind}`,
      renderAgentsPage({
        ...agents,
        noMail: true,
        link: { url: 'https://desk.example/login/password/1.x', hours: 168, agentId: '2', kind },
      }),
    ]),
    ...agentsDone.map((done): [string, string] => [`agents: ${done}`, renderAgentsPage({ ...agents, done })]),
    ...(['lastOwner', 'tries', 'name'] as const).map((problem): [string, string] => [
      `agents: ${problem}`,
      renderAgentsPage({ ...agents, problem }),
    ]),
    ...[false, true].map((taken): [string, string] => [
      `agents, refused (${taken})`,
      renderAgentsPage({ ...agents, invite: { values: invited, wrong: ['email', 'name'], taken } }),
    ]),
    ['keys', renderKeysPage(keys)],
    ['keys, none', renderKeysPage({ ...keys, keys: [], wrong: ['scopes'] })],
    [
      'keys, made',
      renderKeysPage({ ...keys, made: 'cd_1_abcdefghijklmnopqrstuvwxyz0123456789', revoked: true }),
    ],
    [
      'setup',
      renderHub({
        ...desk,
        parts: setupParts.map((part, at) => ({
          part,
          href: '/desk',
          count: at,
        })),
        steps: steps.map((step, at) => ({ step, href: '/desk', done: at % 2 === 0 })),
        stepsHidden: false,
      }),
    ],
    [
      'setup, done',
      renderHub({ ...desk, parts: [{ part: 'keys', href: '/desk' }], steps: [], stepsHidden: true }),
    ],
    [
      'list, first steps',
      renderDeskList({
        ...listProps,
        rows: [],
        steps: steps.map((step) => ({ step, href: '/desk', done: step === 'shop' })),
      }),
    ],
    ['channels', renderChannels(channels)],
    ...rounds.map((round): [string, string] => [
      `channels, way back: ${round.kind}`,
      renderChannels({
        ...channels,
        channels: [{ channel: 'mailIn', state: 'on', missing: [] }],
        lastMail: { at: minutesAgo(12), door: 'imap' },
        round,
      }),
    ]),
    ...outcomes.map((kind): [string, string] => [
      `channels: ${kind}`,
      renderChannels({
        ...channels,
        test: { channel: 'sms', kind, to: '+38640123456', reason: 'It said no.' },
      }),
    ]),
  ]
}
