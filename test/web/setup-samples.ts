import type { NotificationsPageProps } from '../../src/web/me/notifications.tsx'
import type { SettingsPageProps } from '../../src/web/setup/settings-props.ts'
import { listProps } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...desk } = listProps

export const notificationsPage: NotificationsPageProps = {
  ...desk,
  saved: false,
  byMail: true,
  form: {
    action: '/desk/me/notifications',
    values: { toldOf: 'all', quietFrom: '22:00', quietUntil: '07:00' },
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
