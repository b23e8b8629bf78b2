import type { Deps } from '../deps.ts'
import {
  type AgentAddress,
  type BouncedMessage,
  type ReplyAddress,
  readAgentMailToken,
  readBounceToken,
  readReplyToken,
} from '../secrets/links.ts'

/** What an address of ours stands for. A token proves itself, so it counts under whatever domain it comes. */
export type OurAddress =
  /** Reply-To of what customers get. */
  | ({ kind: 'reply' } & ReplyAddress)
  /** Envelope sender of what customers get. */
  | ({ kind: 'bounce' } & BouncedMessage)
  /** Reply-To of what one agent is told of one ticket. */
  | ({ kind: 'agent' } & AgentAddress)

/** Undefined for an address that carries no token of ours. */
export function readOurAddress(deps: Pick<Deps, 'keyring'>, address: string): OurAddress | undefined {
  const [, purpose = '', token = ''] = /^(reply|bounce|agent)\+([a-z0-9]+)@/i.exec(address.trim()) ?? []
  switch (purpose.toLowerCase()) {
    case 'reply': {
      const ticket = readReplyToken(deps.keyring, token)
      return ticket && { kind: 'reply', ...ticket }
    }
    case 'bounce': {
      const message = readBounceToken(deps.keyring, token)
      return message && { kind: 'bounce', ...message }
    }
    case 'agent': {
      const agent = readAgentMailToken(deps.keyring, token)
      return agent && { kind: 'agent', ...agent }
    }
    default:
      return undefined
  }
}

/** The first address of this kind among those that a mail was sent to. */
export function findOurAddress<Kind extends OurAddress['kind']>(
  deps: Pick<Deps, 'keyring'>,
  recipients: readonly string[],
  kind: Kind,
): Extract<OurAddress, { kind: Kind }> | undefined {
  for (const recipient of recipients) {
    const ours = readOurAddress(deps, recipient)
    if (ours?.kind === kind) return ours as Extract<OurAddress, { kind: Kind }>
  }
  return undefined
}
