import type { FormProps } from '../desk/form-props.ts'
import type { DeskFrame } from '../desk/props.ts'

export type ShopStatus = 'well' | 'attention' | 'trouble' | 'connecting' | 'not_connected' | 'deliveries_only'

export type ShopConcern =
  | 'unchecked'
  | 'missing'
  | 'paused'
  | 'switched_off'
  | 'unreadable'
  | 'unwritten'
  | 'drift'
  | 'never_reached'

export interface WebhookProps {
  topic: string
  state: 'active' | 'paused' | 'disabled' | 'missing'
  checkedAt: Date
  /** How often it was found switched off since a delivery of it came. */
  offs: number
  offAt?: Date
  mended?: 'enabled' | 'recreated' | 'moved'
  mendedAt?: Date
}

export interface ShopBackfillProps {
  id: string
  state: 'running' | 'done' | 'stopped'
  days: number
  done: number
  total?: number
  taken: number
  /** Of the shop: all that changed before it is read. */
  reached?: Date
  finishedAt?: Date
}

/** The form by which a shop is connected; what is wrong with a field comes in words, from the shop mostly. */
export interface ConnectFormProps extends FormProps {
  messages: Record<string, string>
  /** The shop's own page can send keys to us. */
  hasPage: boolean
}

/** /desk/setup/shop */
export interface ShopPageProps extends DeskFrame {
  status: ShopStatus
  concerns: ShopConcern[]
  /** What is wrong and what to do, the oldest first. */
  problems: { kind: string; message: string; since: Date }[]
  /** What was asked for just now. */
  done?: 'connecting' | 'disconnected' | 'webhooks_left' | 'checking' | 'reading' | 'asked'
  /** The merchant came back from the shop's page without letting us in. */
  denied: boolean
  /** Where the merchant goes on: the shop's own page. */
  shopPage?: { href: string; host: string }
  shop: { url: string; hasKeys: boolean; connectable: boolean }
  connection?: {
    state: 'asked' | 'verifying' | 'webhooks' | 'connected' | 'failed' | 'disconnected'
    url: string
    problem?: string
    connectedAt?: Date
    version: string
    currency: string
  }
  connect: ConnectFormProps
  webhooks: WebhookProps[]
  webhookUrl: string
  checkedAt?: Date
  checkProblem?: string
  /** Why the shop takes no notes and balances of ours, and what to do. */
  writing?: { message: string; since: Date }
  pingedAt?: Date
  lastDeliveryAt?: Date
  badSignatures: number
  reconcile: { finishedAt?: Date; seen: number; taken: number; notBefore?: Date }
  look: { finishedAt?: Date; seen: number; gone: number }
  drift: { day: string; orders: number }[]
  findings: { order: string; kind: 'new' | 'changed' | 'gone'; foundAt: Date }[]
  unreadable: { order: string; reason: string; since: Date }[]
  backfill?: ShopBackfillProps
  backfillForm: FormProps
}
