import type { PricedChannel } from '../desk/packages-props.ts'
import type { DeskFrame } from '../desk/props.ts'

/** What a line can say was done. What a later release wrote is named as it is stored. */
export const auditWords = [
  'adjust',
  'grant',
  'settle',
  'forgive',
  'freeze',
  'unfreeze',
  'merge',
  'merged_away',
  'reverse_message',
  'waive_work',
  'review_accept',
  'review_dismiss',
  'resolve_unknown',
  'undo_message',
  'notifications_change',
  'contact_add',
  'contact_change',
  'contact_remove',
  'contact_owner',
  'contact_invite',
  'import_balances',
  'package_add',
  'package_edit',
  'package_retire',
  'not_support',
  'maybe_support',
  'rate_set',
  'settings_change',
  'backfill_start',
  'backfill_stop',
  'accept_gone',
  'shop_connect',
  'shop_disconnect',
  'webhooks_repair',
  'ticket_spam',
  'ticket_not_spam',
  'ticket_merge',
  'sign_in',
  'sign_in_blocked',
  'password_set',
  'logins_end',
  'second_factor_on',
  'second_factor_off',
  'second_factor_reset',
  'second_factor_require',
  'second_factor_allow',
  'recovery_codes_new',
  'agent_add',
  'agent_invite',
  'password_offer',
  'agent_change',
  'agent_deactivate',
  'agent_activate',
  'api_key_add',
  'api_key_revoke',
  'channel_test',
] as const
export type AuditWord = (typeof auditWords)[number]

export const auditFields = [
  'name',
  'credits',
  'days',
  'channels',
  'priority',
  'promotional',
  'overdraft',
  'furtherOrder',
  'firstResponse',
  'price',
  'supervisorCredits',
  'agentWaivers',
  'mergeWindow',
  'paidStatuses',
  'unpaidStatuses',
  'renewalTicket',
  'orderNotes',
  'orderMeta',
  'creditsKey',
  'mailAddress',
  'thanksReopen',
  'undoSeconds',
  'lowBalance',
  'toldOf',
  'byMail',
  'quietFrom',
  'quietUntil',
  'role',
] as const
export type AuditField = (typeof auditFields)[number]

/** A value of an edited field. Units are hundredths of a credit. */
export type AuditValue =
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number }
  | { kind: 'credits'; units: bigint }
  /** null: without end. */
  | { kind: 'days'; days: number | null }
  | { kind: 'minutes'; minutes: number }
  | { kind: 'choice'; on: boolean }
  | { kind: 'channels'; channels: PricedChannel[] }
  /** As the shop writes them. */
  | { kind: 'statuses'; statuses: string[] }
  | { kind: 'renewalTicket'; ticket: 'none' | 'new' | 'as_package' }
  | { kind: 'role'; role: 'agent' | 'supervisor' | 'owner' }
  | { kind: 'furtherOrder'; order: 'new_ticket' | 'open_ticket' }
  | { kind: 'price'; units: bigint; per: 'reply' | 'segment' | 'minutes'; step?: number; free?: number }
  /** None of its own: what counts is the shop's, or the order's. */
  | { kind: 'none' }

export interface AuditChange {
  field: AuditField
  /** Of a price of a package: which one. */
  channel?: PricedChannel
  /** Absent where there was nothing before. */
  before?: AuditValue
  after: AuditValue
}

export interface AuditRow {
  id: string
  at: Date
  who: { kind: 'person'; name: string } | { kind: 'key'; id: string } | { kind: 'cli' } | { kind: 'system' }
  action: AuditWord | { unknown: string }
  units: bigint
  /** The person of an account, or the agent, whom it was about. */
  person?: string
  channel?: PricedChannel
  /** Of a package: "sku:SUPPORT-10". */
  match?: string
  /** Where more of it stands: the package, the import. */
  href?: string
  customer?: { name: string; href: string }
  /** A key of supervise:reason. */
  reason?: string
  /** In the words of who did it. */
  note?: string
  changes: AuditChange[]
}

/** /desk/audit */
export interface AuditPageProps extends DeskFrame {
  about: 'all' | 'shop' | 'customers' | 'agents'
  rows: AuditRow[]
  /** Address of the next page; absent on the last. */
  olderHref?: string
  /** This page is not the first. */
  paged: boolean
}
