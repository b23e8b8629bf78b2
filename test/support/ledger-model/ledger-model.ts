import { makeAccounts } from './account.ts'
import { makeHands } from './by-hand.ts'
import { makeConversations } from './conversation.ts'
import { makeSessions } from './sessions.ts'

/** The ledger in memory, written from its README and not from its SQL: what a programme of moves must come to. */
export function makeLedgerModel(startAt: number) {
  const accounts = makeAccounts(startAt)
  const conversations = makeConversations(accounts)
  return {
    ...accounts,
    ...makeHands(accounts),
    ...conversations,
    ...makeSessions(accounts, conversations),
  }
}

export type LedgerModel = ReturnType<typeof makeLedgerModel>
export type { ModelCustomer } from './account.ts'
export type { ModelMessage, ModelReply, ModelTicket } from './conversation.ts'
export type { ModelGrant, ModelTerms } from './grant.ts'
export type { ModelSession } from './sessions.ts'
