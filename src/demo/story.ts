import { captureNumber, loadExchanges } from '../../test/support/fakes/captures.ts'
import { toUnits } from '../domain/credits/units.ts'
import { verifyLedger } from '../domain/credits/verify-ledger.ts'
import { type Narrator, words } from './narration.ts'
import type { Stage } from './stage.ts'
import { callApi, deliver, deliveriesDone, meet, type SeenTicket, ticketOf } from './visitor.ts'

const agent = 'maja@example.test'
const order = 20

/** The main job from the first ping to the last figure. Every number that is told is checked. */
export async function tellStory(stage: Stage, narrator: Narrator): Promise<void> {
  const { scene, balance, check } = narrator
  scene('connect')
  scene('ping')
  check('ping', await deliver(stage, 1), 200)

  shopShows(stage, 6)
  check('order.created', await deliver(stage, 6), 200)
  const opened = await ticketOf(stage, order)
  scene('order', { number: opened.number })
  await after(stage, narrator, { available: 50, email: 0, sms: 0 })

  await welcomed(stage, narrator)

  scene('duplicate')
  check('order.created again', await deliver(stage, 6), 200)
  await deliveriesDone(stage)
  await after(stage, narrator, { available: 50, email: 0, sms: 0 })

  await burst(stage, narrator)

  const byMail = await reply(stage, opened, 'email', 'The import is repaired; please look at it once more.')
  scene('email', { price: words.creditsPhrase(toUnits(byMail.charge.credits)) })
  await after(stage, narrator, { available: 49, email: 1, sms: 0 })

  const bySms = await reply(stage, opened, 'sms', 'Your import is repaired. Maja')
  scene('sms', { price: words.creditsPhrase(toUnits(bySms.charge.credits)) })
  await after(stage, narrator, { available: 48.5, email: 1, sms: 1 })

  const bill = await meet(stage, opened.id, 2)
  scene('video', { seconds: bill.actualSeconds, minutes: bill.billedSeconds / 60 })
  check('billed seconds', bill.billedSeconds, 300)
  check('held', (await ticketOf(stage, order)).balance.held, 0)
  await after(stage, narrator, { available: 47.5, email: 1, sms: 1 })

  await customerAnswers(stage, narrator)

  shopShows(stage, 17)
  scene('refund')
  check('order.updated (refund of a line)', await deliver(stage, 17), 200)
  await deliveriesDone(stage)
  balance(await ticketOf(stage, order, (ticket) => ticket.balance.available === 27.5))

  shopShows(stage, 18)
  scene('amount')
  check('order.updated (refund of an amount)', await deliver(stage, 18), 200)
  await deliveriesDone(stage)
  const flagged = await after(stage, narrator, { available: 27.5, email: 1, sms: 1 })
  check('reviews', flagged.reviews.map((review) => review.kind).join(), 'amount_refund')

  const report = await verifyLedger(stage.running.composed.deps.db)
  scene('verify', { entries: report.entries, problems: report.problems.length })
  check('problems', report.problems.length, 0)
}

/** Lets the shop's API answer with the order as it stood when the capture was made. */
function shopShows(stage: Stage, capture: number): void {
  const body = captureNumber(capture).body as { id: number; refunds: { id: number }[] }
  const refunds = loadExchanges('rest-05-order-refunds.json')[0]?.body as { id: number }[]
  const shown = body.refunds.map((refund) => refund.id)
  Object.assign(stage.shop.state.orders, { [body.id]: body })
  Object.assign(stage.shop.state.refunds, {
    [body.id]: refunds.filter((refund) => shown.includes(refund.id)),
  })
}

async function after(
  stage: Stage,
  { balance, check }: Narrator,
  expected: { available: number; email: number; sms: number },
): Promise<SeenTicket> {
  const ticket = await ticketOf(stage, order)
  check('available', ticket.balance.available, expected.available)
  check('e-mails', ticket.tally.email, expected.email)
  check('SMS', ticket.tally.sms, expected.sms)
  balance(ticket)
  return ticket
}

async function welcomed(stage: Stage, { scene, check }: Narrator): Promise<void> {
  const ticket = await ticketOf(stage, order, (seen) => seen.messages.some((one) => one.state === 'sent'))
  const { sandbox } = stage.running.composed
  const mails = await sandbox?.list({ kind: 'mail', to: 'cene@example.test', limit: 5 })
  const note = await waitForNote(stage)
  scene('welcome', { note })
  check('welcome mails', mails?.length, 1)
  check('private link', mails?.[0]?.text.includes(`${stage.address}/portal/`), true)
  check('note on the order', note.includes(String(ticket.number)), true)
}

async function waitForNote(stage: Stage): Promise<string> {
  const giveUp = Date.now() + 10_000
  while (Date.now() < giveUp) {
    const found = stage.shop.notes.find((note) => note.orderId === String(order))
    if (found) return found.note
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  return ''
}

async function burst(stage: Stage, { scene, check, balance }: Narrator): Promise<void> {
  for (const capture of [45, 46]) shopShows(stage, capture)
  const answers = await Promise.all([deliver(stage, 45), deliver(stage, 46)])
  check('burst', answers.join(), '200,200')
  const first = await ticketOf(stage, 38)
  const second = await ticketOf(stage, 39, (ticket) => ticket.balance.available === 70)
  scene('burst', { first: 30, second: 40 })
  check('two tickets', first.number !== second.number, true)
  balance(second)
}

function reply(stage: Stage, ticket: SeenTicket, channel: 'email' | 'sms', body: string) {
  return callApi<{ charge: { credits: number } }>(stage, 'POST', `tickets/${ticket.id}/replies`, {
    channel,
    body,
    agent,
    idempotencyKey: `demo-${channel}`,
  })
}

/** As the customer would in the sandbox's mailbox: the answer goes to the ticket that the mail names. */
async function customerAnswers(stage: Stage, { scene, check }: Narrator): Promise<void> {
  const ticket = await ticketOf(stage, order, (seen) =>
    seen.messages.every((one) => one.state !== 'queued' && one.state !== 'sending'),
  )
  const { sandbox } = stage.running.composed
  const mails = (await sandbox?.list({ kind: 'mail', to: 'cene@example.test', limit: 10 })) ?? []
  const answered = mails.find((mail) => mail.text.includes('The import is repaired'))
  const answer = await fetch(`${stage.address}/sandbox/mail/${answered?.id}/reply`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: stage.address, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ body: 'Thank you, it works now!' }),
  })
  scene('answer')
  check('answer handed in', answer.status, 303)
  const seen = await ticketOf(stage, order, (one) => one.messages.length > ticket.messages.length)
  check('the customer pays nothing', seen.balance.available, 47.5)
}
