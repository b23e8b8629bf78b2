import { segmentsOf } from '../../../../src/domain/tickets/message-text.ts'
import { newest } from '../../../support/ledger-model/grant.ts'
import {
  type LedgerModel,
  type ModelCustomer,
  type ModelGrant,
  type ModelMessage,
  type ModelReply,
  type ModelSession,
  type ModelTicket,
  makeLedgerModel,
} from '../../../support/ledger-model/ledger-model.ts'
import { start } from '../../../support/world.ts'
import type { Answer, Played } from './play.ts'
import type { Move, Stage } from './stage.ts'

/** The model beside a stage: knows everything by the ids that the ledger gave, and plays the same moves. */
export function makeReplay(stage: Stage) {
  const model = makeLedgerModel(start.getTime())
  const customers = new Map<bigint, ModelCustomer>()
  const tickets = new Map<bigint, ModelTicket>()
  const grants = new Map<bigint, ModelGrant>()
  const messages = new Map<bigint, ModelMessage>()
  const sessions = new Map<string, ModelSession>()
  for (const {
    customerId,
    orderId,
    tickets: [ofOrder = 0n, ofNone = 0n],
  } of stage.cast) {
    const customer = model.addCustomer()
    customers.set(customerId, customer)
    tickets.set(ofOrder, model.addTicket(customer, orderId))
    tickets.set(ofNone, model.addTicket(customer, undefined))
  }

  /** Plays a move that the ledger has answered; what it should have answered. */
  function replay(move: Move, played: Played): Answer {
    const grant = () => newest(known(grants, move.grantId))
    const customer = () => known(customers, move.customerId)
    const ownerNow = () => customerNow(customer())
    switch (move.do) {
      case 'wait':
        model.goTo(model.now() + move.hours * 3_600_000)
        return { code: 'ok' }
      case 'mergeWindow':
        model.settings.windowMs = move.minutes * 60_000
        return { code: 'ok' }
      case 'purchase':
      case 'gift': {
        const terms = {
          ...move.terms,
          order: move.terms.ofOrder ? move.orderId : undefined,
          expiresAt: move.expiresAt?.getTime(),
        }
        const add = move.do === 'purchase' ? model.purchase : model.addGrant
        grants.set(played.grantId ?? 0n, add(ownerNow(), terms, move.units))
        return { code: 'ok' }
      }
      case 'promise':
      case 'refund':
        return { code: 'ok', units: model.promise(grant(), move.units) }
      case 'reply':
      case 'work': {
        const answer = model.answer(known(tickets, move.ticketId), replyOf(move))
        if (!('message' in answer)) return answer
        messages.set(played.messageId ?? 0n, answer.message)
        return { code: 'ok', units: answer.units, parts: answer.parts.map((part) => part.units) }
      }
      case 'arrive': {
        const message = known(messages, move.messageId)
        if (message.state === 'queued') message.state = 'sent'
        return { code: 'ok' }
      }
      case 'fail': {
        const units = model.fail(known(messages, move.messageId))
        return units === null ? { code: 'settled' } : { code: 'ok', units }
      }
      case 'contest':
        return model.contest(known(messages, move.messageId))
      case 'open': {
        const { plan, session } = model.open(known(tickets, move.ticketId))
        if (session) sessions.set(played.sessionId ?? '', session)
        return { code: plan.code }
      }
      case 'close':
        return { code: 'ok', units: model.close(known(sessions, move.sessionId), move.actual) }
      case 'adjust':
        return model.adjust(grant(), move.units)
      case 'settle':
        return model.settle(grant(), grants.get(move.otherGrantId), move.units)
      case 'forgive':
        return model.forgive(grant(), move.units)
      case 'freeze':
      case 'unfreeze':
        return model.turn(customer(), move.whole ? undefined : grant(), move.do === 'freeze')
      case 'merge': {
        const into = known(customers, move.otherCustomerId)
        const answer = model.merge(customer(), into)
        if (answer.code === 'ok')
          for (const ticket of tickets.values()) if (ticket.customer === customer()) ticket.customer = into
        return answer
      }
    }
  }

  /** Whether a spend would be refused now, just as it was. */
  function refuses(move: Spend, { answer }: Played): boolean {
    const verdict = model.judge(known(tickets, move.ticketId), replyOf(move))
    return (
      verdict.code === answer.code &&
      (!('units' in verdict) || (verdict.units ?? answer.units) === answer.units)
    )
  }

  return {
    model,
    customers,
    grants,
    grantNow: (id: bigint) => newest(known(grants, id)),
    ownerNow: (id: bigint) => customerNow(known(customers, id)),
    replay,
    refuses,
  }
}

export type Replay = ReturnType<typeof makeReplay>
export type { LedgerModel }

function customerNow(customer: ModelCustomer): ModelCustomer {
  return customer.mergedInto ? customerNow(customer.mergedInto) : customer
}

export type Spend = Extract<Move, { do: 'reply' | 'work' }>

function replyOf(move: Spend): ModelReply {
  const { waived } = move
  if (move.do === 'work') return { channel: 'work', quantity: move.minutes * 60, waived }
  const quantity = move.channel === 'sms' ? segmentsOf('x'.repeat(move.length)) : 1
  return { channel: move.channel, quantity, waived }
}

function known<Key, Value>(all: Map<Key, Value>, key: Key): Value {
  const value = all.get(key)
  if (value === undefined) throw new Error(`the model does not know ${String(key)}`)
  return value
}
