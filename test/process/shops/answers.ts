import { eventually } from '../kill/desk.ts'
import { pick } from './edits.ts'
import { ask, type ShopsDesk, type Side } from './shops-desk.ts'

interface Answer {
  side: Side
  order: string
  key: string
  status?: number
}

/** Agents who answer tickets meanwhile, each answer with a key by which it is asked for again until something is known of it. */
export interface Answering {
  /** Answers the tickets of some of these orders. */
  run(side: Side, orders: readonly number[], count: number): Promise<void>
  /** Asks again for what nobody knows of. */
  askAgain(): Promise<void>
  /** The order of each answer that was charged. */
  charged(side: Side): string[]
}

export function openAnswering(desk: ShopsDesk, chance: () => number): Answering {
  const answers: Answer[] = []
  let serial = 0

  async function send(answer: Answer): Promise<void> {
    const found = await ask<{ data: { id: string }[] }>(desk, answer.side, `tickets?order=${answer.order}`)
    if (!found) return
    const [ticket] = found.body.data
    // Nobody has a ticket to answer yet, and nothing was asked for.
    if (!ticket) answers.splice(answers.indexOf(answer), 1)
    else {
      const body = { channel: 'email', body: 'Try water.', idempotencyKey: answer.key }
      const sent = await ask(desk, answer.side, `tickets/${ticket.id}/replies`, body)
      if (sent) answer.status = sent.status
    }
  }

  return {
    async run(side, orders, count) {
      for (let made = 0; made < count; made += 1) {
        const order = pick(chance, orders)
        serial += 1
        const answer = { side, order: String(order), key: `answer-${serial}` }
        answers.push(answer)
        await send(answer)
      }
    },
    async askAgain() {
      for (const answer of [...answers]) {
        const isKnown = () => answer.status !== undefined || !answers.includes(answer)
        await eventually(async () => {
          if (!isKnown()) await send(answer)
          return isKnown()
        }, `what became of ${answer.key}`)
      }
    },
    charged: (side) =>
      answers.filter((one) => one.side === side && one.status === 201).map(({ order }) => order),
  }
}
