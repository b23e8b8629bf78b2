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
  /** Mail is not set up: nobody can be invited by it. */
  noMail: boolean
  invite: InviteForm
  /** The one whose row is open, by ?open=ID. */
  openId?: string
  done?: (typeof agentsDone)[number]
  problem?: 'lastOwner' | 'tries' | 'name'
}
