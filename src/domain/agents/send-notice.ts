import { createHash } from 'node:crypto'
import type { AccountNews, JobPayload } from '../../jobs/catalog.ts'
import type { OutgoingMail } from '../../ports/mail.ts'
import { renderAccountMail } from '../../words/account-mail.ts'
import { renderLedgerAlarm } from '../../words/ledger-alarm.ts'
import type { RenderedMail } from '../../words/mail.ts'
import { renderShopProblem } from '../../words/shop-problem.ts'
import { wordsFor } from '../../words/words.ts'
import { findLedgerCheck } from '../credits/find-ledger-check.ts'
import type { Deps } from '../deps.ts'
import { senderOf } from '../mail-sender.ts'
import type { ProblemKind } from '../sync/problem-kinds.ts'
import { listProblems } from '../sync/shop-problems.ts'
import { TryLater } from '../tickets/send-message.ts'
import { makeLoginLink } from './login-link.ts'

type NoticeDeps = Pick<Deps, 'db' | 'clock' | 'log' | 'mail' | 'publicUrl' | 'mailFrom' | 'mailDomain'>
type Notice = JobPayload<'send_notice'>

interface Reader {
  name: string
  email: string
  shop_name: string
  timezone: string
  locale: string
}

/**
 * Sends an agent a mail that belongs to no ticket. Throws TryLater after a temporary failure, so that the queue tries again;
 * what is refused for good or of unknown outcome is logged and not sent again. Does nothing when the agent or what the notice
 * tells is gone.
 */
export async function sendNotice(deps: NoticeDeps, notice: Notice & { lastTry: boolean }): Promise<void> {
  const [reader] = await deps.db.query<Reader>(
    'notice-reader',
    `select a.name, a.email, s.name as shop_name, s.timezone, s.locale from agent a join shop s on s.id = a.shop_id
     where a.shop_id = $1 and a.id = $2 and a.deactivated_at is null`,
    [BigInt(notice.shopId), BigInt(notice.agentId)],
  )
  const rendered = reader && (await render(deps, notice, reader))
  if (!rendered) return
  const outcome = await deps.mail.send(mailOf(deps, notice, reader, rendered))
  if (outcome.kind === 'accepted') return
  if (outcome.kind === 'temporary' && !notice.lastTry) throw new TryLater(outcome.reason)
  deps.log.error(
    {
      shopId: notice.shopId,
      agentId: notice.agentId,
      template: notice.template,
      outcome: outcome.kind,
      reason: outcome.reason,
    },
    'a notice to an agent was not sent for certain',
  )
}

async function render(deps: NoticeDeps, notice: Notice, reader: Reader): Promise<RenderedMail | undefined> {
  const shopId = BigInt(notice.shopId)
  const { data } = notice
  if ('news' in data)
    return await renderAccount(deps, { ...data, shopId, agentId: BigInt(notice.agentId) }, reader)
  return 'checkedAt' in data
    ? await renderAlarm(deps, { shopId, checkedAt: new Date(data.checkedAt) }, reader)
    : await renderProblem(deps, { shopId, kind: data.kind }, reader)
}

async function renderAlarm(
  deps: NoticeDeps,
  told: { shopId: bigint; checkedAt: Date },
  reader: Reader,
): Promise<RenderedMail | undefined> {
  const check = await findLedgerCheck(deps.db, told)
  if (!check) return undefined
  return renderLedgerAlarm(wordsFor(reader.locale), {
    shopName: reader.shop_name,
    agentName: reader.name,
    checkedAt: check.checkedAt,
    timeZone: reader.timezone,
    problemCount: check.problemCount,
    problems: check.problems,
    deskUrl: `${deps.publicUrl}/desk`,
  })
}

const linkHours = { invitation: 7 * 24, password_link: 1 }

/**
 * The link is made when the mail is, so that it lies nowhere but in the mail; a further attempt makes another one. Its time
 * counts from then.
 */
async function renderAccount(
  deps: NoticeDeps,
  told: { shopId: bigint; agentId: bigint; news: AccountNews; at: string; by?: string | undefined },
  reader: Reader,
): Promise<RenderedMail> {
  const { shopId, agentId, news } = told
  const hours = news === 'invitation' || news === 'password_link' ? linkHours[news] : undefined
  const link = { shopId, agentId, at: deps.clock.now(), kind: 'password' } as const
  const url =
    hours === undefined
      ? `${deps.publicUrl}/desk/me`
      : `${deps.publicUrl}/login/password/${await makeLoginLink(deps.db, { ...link, hours })}`
  return renderAccountMail(wordsFor(reader.locale), {
    news,
    by: told.by ?? '',
    at: new Date(told.at),
    shopName: reader.shop_name,
    agentName: reader.name,
    timeZone: reader.timezone,
    url,
  })
}

/** Undefined when it is over by now. */
async function renderProblem(
  deps: NoticeDeps,
  told: { shopId: bigint; kind: ProblemKind },
  reader: Reader,
): Promise<RenderedMail | undefined> {
  const problems = await listProblems(deps.db, told.shopId)
  const problem = problems.find(({ kind }) => kind === told.kind)
  if (!problem) return undefined
  return renderShopProblem(wordsFor(reader.locale), {
    ...problem,
    shopName: reader.shop_name,
    agentName: reader.name,
    timeZone: reader.timezone,
    deskUrl: `${deps.publicUrl}/desk`,
  })
}

function mailOf(deps: NoticeDeps, notice: Notice, reader: Reader, rendered: RenderedMail): OutgoingMail {
  const told = createHash('sha256').update(JSON.stringify(notice.data)).digest('hex').slice(0, 16)
  return {
    // The same for each attempt, so that a receiver can tell a repeat.
    messageId: `notice-${notice.shopId}-${notice.agentId}-${notice.template}-${told}@${deps.mailDomain}`,
    from: senderOf(deps, { name: reader.shop_name }),
    to: { name: reader.name, address: reader.email },
    ...rendered,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}
