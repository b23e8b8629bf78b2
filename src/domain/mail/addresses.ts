import type { Deps } from '../deps.ts'
import { type BouncedMessage, type ReplyAddress, readBounceToken, readReplyToken } from '../secrets/links.ts'

/** What an address of ours stands for. A token proves itself, so it counts under whatever domain it comes. */
export type OurAddress =
  /** Reply-To of what customers get. */
  | ({ kind: 'reply' } & ReplyAddress)
  /** Envelope sender of what customers get. */
  | ({ kind: 'bounce' } & BouncedMessage)

/** Undefined for an address that carries no token of ours. */
export function readOurAddress(deps: Pick<Deps, 'keyring'>, address: string): OurAddress | undefined {
  const [, purpose = '', token = ''] = /^(reply|bounce)\+([a-z0-9]+)@/i.exec(address.trim()) ?? []
  if (purpose.toLowerCase() === 'reply') {
    const ticket = readReplyToken(deps.keyring, token)
    return ticket && { kind: 'reply', ...ticket }
  }
  const message = token === '' ? undefined : readBounceToken(deps.keyring, token)
  return message && { kind: 'bounce', ...message }
}
