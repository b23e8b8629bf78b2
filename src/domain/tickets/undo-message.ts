import { askAgain } from '../../db/ask-again.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { type Balance, type BalanceJson, readBalance } from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import { bringBackDraft } from '../drafts/bring-back-draft.ts'
import { refuse } from '../refusal.ts'
import type { MessageKey } from './load-outgoing.ts'

/** An answer that was taken back, with all that it takes to write it again. */
export interface UndoneMessage {
  channel: 'email' | 'sms'
  body: string
  waiveReason?: string
  /** What went back to the account; 0 when it had cost nothing, or its merge window paid for others too. */
  units: bigint
  balance: Balance
}

type UndoAnswer =
  | {
      code: 'ok'
      units: number
      channel: 'email' | 'sms'
      body: string
      waiveReason: string | null
      /** The one that shows the conversation. */
      ticket: number
      customer: number
      balance: BalanceJson
    }
  | { code: 'message_not_found' }
  | { code: 'message_not_queued'; state: string }

/**
 * Takes an agent's answer back that still waits to be sent, with its charge. Either that, or its send has begun and this is
 * refused: the lock of its row decides between this and the worker's claim. `draftOf`: the agent who gets it back as a draft, with
 * its files, under this key. Refuses: not_found, message_not_queued.
 */
export async function undoMessage(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: MessageKey & { actor: string; draftOf?: { agentId: bigint; formKey: string } },
): Promise<UndoneMessage> {
  const at = deps.clock.now()
  return askAgain(() =>
    deps.db.transaction(async (sql) => {
      const [row] = await sql.query<{ answer: UndoAnswer }>(
        'undo-message',
        'select undo_message($1, $2, $3, $4) as answer',
        [input.shopId, input.ticketId, input.messageId, at],
      )
      if (!row) throw new Error('undo_message gave no answer')
      const { answer } = row
      if (answer.code === 'message_not_found') return refuse({ code: 'not_found', what: 'message' })
      if (answer.code === 'message_not_queued') return refuse(answer)
      await writeAudit(sql, {
        shopId: input.shopId,
        customerId: BigInt(answer.customer),
        actor: input.actor,
        action: 'undo_message',
        data: { messageId: String(input.messageId), units: answer.units },
        at,
      })
      const { channel, body } = answer
      if (input.draftOf) {
        await bringBackDraft(sql, {
          ...input.draftOf,
          ...{ shopId: input.shopId, ticketId: BigInt(answer.ticket), message: input, channel, body, at },
        })
      }
      return {
        channel,
        body,
        ...(answer.waiveReason === null ? {} : { waiveReason: answer.waiveReason }),
        units: BigInt(answer.units),
        balance: readBalance(answer.balance),
      }
    }),
  )
}
