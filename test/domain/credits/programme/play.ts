import { retryTransaction } from '../../../../src/db/retry-transaction.ts'
import { createGrant } from '../../../../src/domain/credits/create-grant.ts'
import { mergeCustomers } from '../../../../src/domain/customers/merge-customers.ts'
import { Refused } from '../../../../src/domain/refusal.ts'
import { logWork } from '../../../../src/domain/tickets/log-work.ts'
import type { World } from '../../../support/world.ts'
import { hands, owner } from '../by-hand.ts'
import { arrive, closeVideo, failReply, openVideo, promiseWhereItLies } from '../moves.ts'
import { noted } from './order.ts'
import type { Move, Stage } from './stage.ts'

/** What a move came to. `parts`: what each grant paid, in order. */
export interface Answer {
  code: string
  units?: number | undefined
  parts?: number[] | undefined
}

/** What an acknowledged move made, so that later moves and the replay know it by its id. */
export interface Played {
  answer: Answer
  /** Its place among all movements: the row that it wrote under the lock of its account. */
  key: string
  grantId?: bigint
  messageId?: bigint
  sessionId?: string
}

/** Plays moves through the use cases. Each has a key of its own. */
export function makePlayer(world: World, stage: Stage) {
  const { shopId } = stage
  const hand = hands(world, shopId)
  const agent = { name: 'Maja', actor: 'agent:1' }
  let serial = 0

  async function play(move: Move): Promise<Played> {
    serial += 1
    const key = `${shopId}-${serial}`
    try {
      const played = { key, ...(await ask(move, key)) }
      remember(move, played)
      return played
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { refusal } = error
      const units = refusal.code === 'insufficient_credits' ? Number(refusal.requiredUnits) : undefined
      return { key, answer: { code: refusal.code, units } }
    }
  }

  function remember(move: Move, { answer, grantId, messageId, sessionId }: Played): void {
    if (move.do === 'merge' && answer.code === 'ok') stage.merged.add(move.customerId)
    if (grantId) stage.grants.push({ grantId, customerId: move.customerId, isUsed: false, owes: false })
    if (messageId) stage.messages.push({ ticketId: move.ticketId, messageId })
    if (sessionId) stage.sessions.push(sessionId)
  }

  async function ask(move: Move, key: string): Promise<Omit<Played, 'key'>> {
    const over = { by: owner, idempotencyKey: key }
    switch (move.do) {
      case 'wait':
        world.goTo(new Date(world.clock.at.getTime() + move.hours * 3_600_000))
        return { answer: { code: 'ok' } }
      case 'mergeWindow':
        await world.db.query('test-merge-window', 'update shop set merge_window_minutes = $2 where id = $1', [
          shopId,
          move.minutes,
        ])
        return { answer: { code: 'ok' } }
      case 'purchase':
      case 'gift':
        return { answer: { code: 'ok' }, grantId: await addGrant(move, key) }
      case 'promise':
      case 'refund': {
        const change = await noted(world, key, (place) =>
          promiseWhereItLies(place, { shopId, ...move }, BigInt(move.units)),
        )
        return { answer: { code: 'ok', units: Number(change) } }
      }
      case 'reply': {
        const { charge, messageId } = await world.reply(move.ticketId, {
          shopId,
          channel: move.channel,
          body: 'x'.repeat(move.length),
          idempotencyKey: key,
          ...(move.waived ? { waive: { reason: 'Our mistake' } } : {}),
        })
        return { answer: charged(charge), messageId }
      }
      case 'work': {
        const { charge, messageId } = await logWork(world.deps, {
          shopId,
          ticketId: move.ticketId,
          minutes: move.minutes,
          body: 'Moved the shop.',
          idempotencyKey: key,
          agent,
          ...(move.waived ? { waive: { reason: 'Our mistake' } } : {}),
        })
        return { answer: charged(charge), messageId }
      }
      case 'arrive':
        await noted(world, key, (place) => arrive(place, { shopId, ...move }))
        return { answer: { code: 'ok' } }
      case 'fail': {
        const units = await noted(world, key, (place) => failReply(place, { shopId, ...move }))
        return { answer: units === null ? { code: 'settled' } : { code: 'ok', units: Number(units) } }
      }
      case 'contest':
        return act(hand.reverse(move.ticketId, move.messageId, over))
      case 'open': {
        const { code, sessionId } = await noted(world, key, (place) => openVideo(place, { shopId, ...move }))
        return { answer: { code }, ...(code === 'ok' && sessionId ? { sessionId } : {}) }
      }
      case 'close': {
        const { code, charge } = await noted(world, key, (place) =>
          closeVideo(place, { shopId, sessionId: move.sessionId, actualSeconds: move.actual }),
        )
        return { answer: { code, units: charge?.units } }
      }
      case 'adjust':
        return act(hand.adjust(move.customerId, move.grantId, move.units / 100, over))
      case 'settle':
        return act(
          hand.settle(move.customerId, move.grantId, move.otherGrantId, { ...over, ...credits(move.units) }),
        )
      case 'forgive':
        return act(hand.forgive(move.customerId, move.grantId, { ...over, ...credits(move.units) }))
      case 'freeze':
        return act(
          hand.freeze(move.customerId, { ...over, ...(move.whole ? {} : { grantId: move.grantId }) }),
        )
      case 'unfreeze':
        return act(
          hand.unfreeze(move.customerId, { ...over, ...(move.whole ? {} : { grantId: move.grantId }) }),
        )
      case 'merge':
        return act(
          mergeCustomers(world.deps, {
            shopId,
            ...over,
            reason: 'same_person',
            sourceId: move.customerId,
            targetId: move.otherCustomerId,
          }),
        )
    }
  }

  async function addGrant(move: Extract<Move, { do: 'purchase' | 'gift' }>, key: string): Promise<bigint> {
    const { terms, units, expiresAt } = move
    return retryTransaction(world.db, async (sql) => {
      const [customer] = await sql.query<{ id: bigint }>(
        'test-customer-now',
        'select customer_now($1, $2) as id',
        [shopId, move.customerId],
      )
      const made = await createGrant(sql, {
        shopId,
        customerId: customer?.id ?? 0n,
        source: move.do === 'purchase' ? 'order_line' : 'api',
        name: 'Support',
        channels: terms.channels,
        prices: {
          email: { per: 'reply', units: terms.email },
          portal: { per: 'reply', units: terms.portal },
          sms: { per: 'segment', units: terms.sms },
          whatsapp: { per: 'reply', units: 100 },
          voice: { per: 'minutes', units: 100, step: 5 },
          work: { per: 'minutes', units: terms.work, step: terms.workStep / 60 },
          video: {
            per: 'minutes',
            units: terms.video,
            step: terms.videoStep / 60,
            freeSeconds: terms.videoFree,
          },
        },
        unitsEach: BigInt(units),
        units: BigInt(units),
        ...(expiresAt ? { expiresAt } : {}),
        promotional: terms.promotional,
        priority: terms.priority,
        overdraftLimit: BigInt(terms.overdraftLimit),
        ...(terms.ofOrder ? { orderId: move.orderId } : {}),
        operation: 'test',
        key,
        inputHash: Buffer.from('x'),
        cause: { kind: 'test', id: key },
        actor: 'test',
        at: world.clock.at,
      })
      if (made === 'idempotency_conflict') throw new Error('a key was given twice')
      return made.grantId
    })
  }

  return play
}

function charged(charge: { units: bigint; entries: { units: bigint }[] }): Answer {
  return {
    code: 'ok',
    units: Number(charge.units),
    parts: charge.entries.map((entry) => Number(entry.units)),
  }
}

async function act(result: Promise<{ units: bigint }>): Promise<{ answer: Answer }> {
  return { answer: { code: 'ok', units: Number((await result).units) } }
}

const credits = (units: number | undefined) => (units === undefined ? {} : { credits: units / 100 })
