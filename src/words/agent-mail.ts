import { type RenderedMail, renderTemplate } from './mail.ts'
import type { Words } from './words.ts'

interface AboutTicket {
  shopName: string
  agentName: string
  /** '' when nobody knows it. */
  customerName: string
  ticketNumber: number
  subject: string
  availableUnits: bigint
  deskUrl: string
}

export interface AgentNews extends AboutTicket {
  /** What the customer wrote; '' of a ticket that an order opened. */
  body: string
  /** An order opened the ticket. */
  isTicket: boolean
  costUnits: bigint
  /** What an answer by e-mail would leave; undefined when the credits do not suffice. */
  leavesUnits?: bigint
  /** Whether an answer to this mail goes to the customer. */
  byMail: boolean
}

/** The mail that tells an agent of a paid ticket or of what a customer wrote. */
export function renderAgentNews(words: Words, news: AgentNews): RenderedMail {
  const { t, creditsPhrase } = words
  const customer = news.customerName || t('mail:agentNews.somebody')
  return renderTemplate('agent-news', words, {
    ...about(news, customer),
    body: news.body,
    heading: t(news.isTicket ? 'mail:agentNews.newTicket' : 'mail:agentNews.wrote', { customer }),
    price:
      news.leavesUnits === undefined
        ? t('mail:agentNews.short', {
            cost: creditsPhrase(news.costUnits),
            left: creditsPhrase(news.availableUnits),
          })
        : t('mail:agentNews.price', {
            cost: creditsPhrase(news.costUnits),
            left: creditsPhrase(news.leavesUnits),
          }),
    how: t(news.byMail ? 'mail:agentNews.byMail' : 'mail:agentNews.atDesk'),
    commands: news.byMail ? t('mail:agentNews.commands') : '',
  })
}

export interface AgentReceipt extends AboutTicket {
  /** What was done. */
  act: 'reply' | 'note' | 'work'
  /** Why the mail waits; undefined when it was done. */
  held?: { why: string; detail: string; sender: string }
}

/** The mail that tells an agent what became of a mail of theirs. */
export function renderAgentReceipt(words: Words, receipt: AgentReceipt): RenderedMail {
  const { t, creditsPhrase } = words
  const { held } = receipt
  const customer = receipt.customerName || t('mail:agentNews.somebody')
  const outcome = t(held ? 'mail:agentReceipt.held' : `mail:agentReceipt.done.${receipt.act}`)
  return renderTemplate('agent-receipt', words, {
    ...about(receipt, customer),
    title: outcome,
    heading: outcome,
    text: held
      ? t(`mail:agentReceipt.why.${held.why}`, { sender: held.sender, detail: held.detail })
      : t('mail:agentReceipt.left', { left: creditsPhrase(receipt.availableUnits) }),
    next: held ? t(nextAfter(held.why)) : '',
  })
}

/** A command stays as it is written, so sending it by a click would be refused again. */
function nextAfter(why: string) {
  if (why === 'command') return 'mail:agentReceipt.nextCommand'
  return why === 'refused' ? 'mail:agentReceipt.nextRefused' : 'mail:agentReceipt.next'
}

export interface AgentFailure extends AboutTicket {
  address: string
  /** What the other side said. */
  reason: string
  /** Its credits went back to the customer. */
  givenBack: boolean
  /** What was to be sent. */
  body: string
}

/** The mail that tells an agent that an answer could not be delivered. */
export function renderAgentFailure(words: Words, failure: AgentFailure): RenderedMail {
  const { t, creditsPhrase } = words
  return renderTemplate('agent-failure', words, {
    ...about(failure, failure.customerName || t('mail:agentNews.somebody')),
    heading: t('mail:agentFailure.heading'),
    body: failure.body,
    text: t('mail:agentFailure.text', { address: failure.address, reason: failure.reason }),
    next: failure.givenBack
      ? t('mail:agentFailure.givenBack', { left: creditsPhrase(failure.availableUnits) })
      : t('mail:agentFailure.left', { left: creditsPhrase(failure.availableUnits) }),
  })
}

function about(ticket: AboutTicket, customer: string) {
  return {
    shopName: ticket.shopName,
    agentName: ticket.agentName,
    customerName: customer,
    ticketNumber: ticket.ticketNumber,
    subject: ticket.subject,
    deskUrl: ticket.deskUrl,
  }
}
