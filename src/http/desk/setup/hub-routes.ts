import type { RequestHandler, Response, Router } from 'express'
import { type MailboxState, readMailboxState } from '../../../domain/mail/mailbox-state.ts'
import { Refused, refuse } from '../../../domain/refusal.ts'
import { type MailRound, readWayBack, startMailRound } from '../../../domain/setup/mail-round.ts'
import { hideFirstSteps, readSetup } from '../../../domain/setup/read-setup.ts'
import { sendTestMail, sendTestText } from '../../../domain/setup/send-test.ts'
import type { SendOutcome } from '../../../ports/outcome.ts'
import { type ChannelProps, renderChannels, type TestProps } from '../../../web/setup/channels.tsx'
import { type PartProps, renderHub } from '../../../web/setup/hub.tsx'
import type { MailboxProps, RoundProps } from '../../../web/setup/way-back.tsx'
import { wordsFor } from '../../../words/words.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, readForm } from '../../pages/form.ts'
import { deskFrame } from '../desk-frame.ts'
import { actOf } from './agents-routes.ts'
import { stepProps } from './first-steps.ts'

const channelsPage = '/desk/setup/channels'

/** /desk/setup and the channels. Stands behind requireOwner. */
export function addHubRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get('/desk/setup', async (_req, res) => {
    const state = await readSetup(deps, agentOf(res).shopId)
    const parts: PartProps[] = [
      { part: 'shop', href: '/desk/setup/shop' },
      { part: 'packages', href: '/desk/packages', count: state.packages },
      { part: 'prices', href: '/desk/packages?open=rates#rates' },
      { part: 'channels', href: channelsPage },
      { part: 'agents', href: '/desk/setup/agents', count: state.agents },
      { part: 'keys', href: '/desk/setup/keys', count: state.apiKeys },
      { part: 'settings', href: '/desk/setup/shop/settings' },
    ]
    const { stepsHidden } = state
    res.send(renderHub({ ...deskFrame(deps, res), parts, steps: stepProps(state), stepsHidden }))
  })

  router.post('/desk/setup/first-steps', parseForm, csrf, async (req, res) => {
    const hide = readForm(req).hide !== 'no'
    await hideFirstSteps(deps, { shopId: agentOf(res).shopId, hide })
    res.redirect(303, '/desk/setup')
  })

  router.get(channelsPage, (_req, res) => sendChannels(deps, res))

  router.post(`${channelsPage}/email/test`, parseForm, csrf, async (_req, res) => {
    const { name, email: address, locale, shopName } = agentOf(res)
    const { t } = wordsFor(locale)
    const words = { subject: t('channels:test.subject', { shop: shopName }), text: t('channels:test.text') }
    await answerTest(deps, res, 'email', address, () =>
      sendTestMail(deps, { ...actOf(res), to: { name, address }, ...words }),
    )
  })

  router.post(`${channelsPage}/mail-in/test`, parseForm, csrf, async (_req, res) => {
    const { locale, shopName } = agentOf(res)
    const { t } = wordsFor(locale)
    const words = { subject: t('channels:round.subject', { shop: shopName }), text: t('channels:round.text') }
    try {
      if (!deps.takesMail) refuse({ code: 'channel_not_configured', channel: 'email' })
      await startMailRound(deps, { ...actOf(res), ...words })
      res.redirect(303, `${channelsPage}#mailIn`)
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.code !== 'too_many_tries') throw error
      res.status(429)
      await sendChannels(deps, res, { channel: 'mailIn', kind: 'tries', to: '' })
    }
  })

  router.post(`${channelsPage}/sms/test`, parseForm, csrf, async (req, res) => {
    const { phone = '' } = readForm(req)
    const { t } = wordsFor(agentOf(res).locale)
    await answerTest(deps, res, 'sms', phone, () =>
      sendTestText(deps, { ...actOf(res), to: phone, text: t('channels:test.text') }),
    )
  })
}

async function answerTest(
  deps: HttpDeps,
  res: Response,
  channel: TestProps['channel'],
  to: string,
  send: () => Promise<SendOutcome>,
): Promise<void> {
  try {
    const outcome = await send()
    const reason = outcome.kind === 'accepted' ? undefined : outcome.reason
    const test = { channel, kind: outcome.kind, to, ...(reason !== undefined && { reason }) }
    await sendChannels(deps, res, test)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const kind =
      error.refusal.code === 'too_many_tries'
        ? 'tries'
        : error.refusal.code === 'invalid'
          ? 'phone'
          : undefined
    if (!kind) throw error
    res.status(kind === 'tries' ? 429 : 422)
    await sendChannels(deps, res, { channel, kind, to })
  }
}

async function sendChannels(deps: HttpDeps, res: Response, test?: TestProps): Promise<void> {
  const { round, lastMail } = await readWayBack(deps, agentOf(res).shopId)
  const { mailbox } = deps
  const now = deps.clock.now()
  res.send(
    renderChannels({
      ...deskFrame(deps, res),
      channels: channelsOf(deps),
      email: agentOf(res).email,
      testsWayBack: deps.takesMail && deps.mail.configured && !deps.mail.sandbox,
      ...(lastMail && { lastMail }),
      ...(round && { round: roundProps(round, now) }),
      ...(mailbox !== undefined && { mailbox: mailboxProps(await readMailboxState(deps, mailbox), now) }),
      ...(test && { test }),
    }),
  )
}

/** After a quarter of an hour nobody waits any more: something is wrong on the way. */
const patienceMs = 15 * 60_000

function roundProps(round: MailRound, now: Date): RoundProps {
  const { address, sentAt, problem, backAt, door } = round
  const told = { address, sentAt }
  if (backAt) {
    const seconds = Math.max(0, Math.round((backAt.getTime() - sentAt.getTime()) / 1000))
    return { ...told, kind: 'back', seconds, door: door === 'imap' ? 'imap' : 'smtp' }
  }
  if (problem !== null) return { ...told, kind: 'refused', reason: problem }
  return { ...told, kind: now.getTime() - sentAt.getTime() > patienceMs ? 'lost' : 'waiting' }
}

/** It is looked at every five minutes at least, so by then a process should have. */
function mailboxProps(state: MailboxState | undefined, now: Date): MailboxProps {
  if (state?.problem && state.problemSince) {
    return { kind: 'problem', since: state.problemSince, reason: state.problem }
  }
  if (!state?.readAt) return { kind: 'never' }
  const late = now.getTime() - state.readAt.getTime() > patienceMs
  return { kind: late ? 'late' : 'read', at: state.readAt }
}

/** What is on is told by the ports themselves; variables are named only where something is off or stood in for. */
function channelsOf({ mail, texting, takesMail, mailbox }: HttpDeps): ChannelProps[] {
  const stateOf = (port: { configured: boolean; sandbox: boolean }) =>
    port.sandbox ? 'sandbox' : port.configured ? 'on' : 'off'
  const mailOut = stateOf(mail)
  const texts = stateOf(texting)
  const mailIn = mail.sandbox ? 'sandbox' : takesMail ? 'on' : 'off'
  const unless = (on: boolean, names: string[]) => (on ? [] : names)
  return [
    { channel: 'email', state: mailOut, missing: unless(mailOut === 'on', ['SMTP_URL', 'MAIL_FROM']) },
    {
      channel: 'mailIn',
      state: mailIn,
      missing: unless(mailIn === 'on' || mailbox !== undefined, ['IMAP_URL', 'SMTP_LISTEN_PORT']),
    },
    {
      channel: 'sms',
      state: texts,
      missing: unless(texts === 'on', ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM']),
    },
    { channel: 'video', state: 'on', missing: [] },
  ]
}
