import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { voidLinks } from '../sign-in/save-password.ts'
import { tellAccount } from '../sign-in/tell-account.ts'
import { takeTryOrRefuse } from '../sign-in/tries.ts'
import { makeLoginLink } from './login-link.ts'
import { type NewAgent, readNewAgent, saveAgent } from './save-agent.ts'

type InviteDeps = Pick<Deps, 'db' | 'clock' | 'wakeWorkers' | 'mail' | 'publicUrl'>

/** A link to choose a password, which no mail could carry: whoever asked for it hands it over. It lies nowhere else. */
export interface HandedLink {
  url: string
  hours: number
}

const invitationHours = 7 * 24
const passwordHours = 24

/**
 * Lets somebody work for the shop and mails them a link to choose their password; where mail is not configured it is returned. One who was deactivated may work again.
 * Refuses: invalid (each field), agent_exists, not_found (shop).
 */
export async function inviteAgent(
  deps: InviteDeps,
  input: NewAgent & { actor: string; by: string },
): Promise<{ id: string; link?: HandedLink }> {
  const agent = readNewAgent(input)
  const at = deps.clock.now()
  const { shopId, actor, by } = input
  const made = await deps.db.transaction(async (sql) => {
    const { id } = await saveAgent(sql, { ...agent, shopId, actor, mayExist: false, at })
    const link = await offerLink(deps, sql, { shopId, agentId: id, news: 'invitation', by, at })
    return { id: String(id), ...(link && { link }) }
  })
  deps.wakeWorkers()
  return made
}

/**
 * Mails the link again, at most three times an hour; to somebody who has a password, one to choose another. Where mail is not
 * configured it is returned. Refuses: not_found (agent), too_many_tries.
 */
export async function inviteAgentAgain(
  deps: InviteDeps,
  input: { shopId: bigint; agentId: bigint; actor: string; by: string },
): Promise<{ news: 'invitation' | 'password_link'; link?: HandedLink }> {
  const { shopId, agentId, actor, by } = input
  const at = deps.clock.now()
  const limit = { of: ['invite', String(shopId), String(agentId)], most: 3, minutes: 60 }
  const told = await deps.db.transaction(async (sql) => {
    const [agent] = await sql.query<{ hasPassword: boolean }>(
      'agent-to-invite',
      'select password_hash is not null as "hasPassword" from agent where shop_id = $1 and id = $2 and deactivated_at is null for no key update',
      [shopId, agentId],
    )
    if (!agent) return refuse({ code: 'not_found', what: 'agent' })
    await takeTryOrRefuse(sql, [limit], at)
    const action = agent.hasPassword ? 'password_offer' : 'agent_invite'
    await writeAudit(sql, { shopId, actor, action, data: { agentId: String(agentId) }, at })
    const news = agent.hasPassword ? 'password_link' : 'invitation'
    const link = await offerLink(deps, sql, { shopId, agentId, news, by, at })
    return { news, ...(link && { link }) } as const
  })
  deps.wakeWorkers()
  return told
}

/** By mail, which makes its link itself; without it here, and earlier ones that nobody opened end. */
async function offerLink(
  deps: InviteDeps,
  sql: Sql,
  input: { shopId: bigint; agentId: bigint; news: 'invitation' | 'password_link'; by: string; at: Date },
): Promise<HandedLink | undefined> {
  const { shopId, agentId, news, at } = input
  if (deps.mail.configured) {
    await tellAccount(sql, input)
    return undefined
  }
  await voidLinks(sql, { shopId, agentId, at })
  const hours = news === 'invitation' ? invitationHours : passwordHours
  const token = await makeLoginLink(sql, { shopId, agentId, at, kind: 'password', hours })
  return { url: `${deps.publicUrl}/login/password/${token}`, hours }
}
