import type { DeskFrame } from '../desk/props.ts'

export const agentRoles = ['agent', 'supervisor', 'owner'] as const
export type AgentRole = (typeof agentRoles)[number]

export interface AgentRow {
  id: string
  name: string
  email: string
  role: AgentRole
  hasPassword: boolean
  hasSecondFactor: boolean
  seenAt?: Date
  gone: boolean
  openTickets: number
  /** The reader. */
  self: boolean
}

export interface InviteForm {
  values: { email: string; name: string; role: AgentRole }
  wrong: string[]
  /** The e-mail is that of somebody who works here. */
  taken: boolean
}

export const agentsDone = [
  'invited',
  'again',
  'password',
  'changed',
  'gone',
  'back',
  'reset',
  'required',
  'allowed',
] as const

/** /desk/setup/agents */
export interface AgentsPageProps extends DeskFrame {
  agents: AgentRow[]
  /** Everybody needs a second factor. */
  required: boolean
  /** Mail is not set up: links are shown instead, to be handed over. */
  noMail: boolean
  /** The one that was made just now; no other page shows it. */
  link?: { url: string; hours: number; agentId: string; kind: 'invitation' | 'password' }
  invite: InviteForm
  /** The one whose row is open, by ?open=ID. */
  openId?: string
  done?: (typeof agentsDone)[number]
  problem?: 'lastOwner' | 'tries' | 'name'
}
