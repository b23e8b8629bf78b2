import type { Keyring } from './keyring.ts'
import { macToken, readSignedIds, signIds, verifyMac } from './token.ts'

/** What a customer's private link opens. A higher `version` stored with the customer makes older links void. */
export interface PortalLink {
  shopId: bigint
  customerId: bigint
  ticketId: bigint
  version: number
}

const linkMacBytes = 16

export function portalToken(keyring: Keyring, link: PortalLink): string {
  const ids = [link.shopId, link.customerId, link.ticketId, BigInt(link.version)]
  return signIds(keyring, 'portal', ids, linkMacBytes)
}

/** Undefined unless we made it. The caller still compares `version` with the customer's. */
export function readPortalToken(keyring: Keyring, token: string): PortalLink | undefined {
  const [shopId, customerId, ticketId, version] =
    readSignedIds(keyring, 'portal', 4, token, linkMacBytes) ?? []
  if (shopId === undefined || customerId === undefined || ticketId === undefined || version === undefined) {
    return undefined
  }
  return { shopId, customerId, ticketId, version: Number(version) }
}

/** What an authorised contact's private link opens. `version`: the contact's, so that a removal or a new address voids it. */
export interface PersonLink {
  shopId: bigint
  contactId: bigint
  version: number
}

export function personToken(keyring: Keyring, link: PersonLink): string {
  return signIds(keyring, 'person', [link.shopId, link.contactId, BigInt(link.version)], linkMacBytes)
}

/** Undefined unless we made it. The caller still compares `version` with the contact's. */
export function readPersonToken(keyring: Keyring, token: string): PersonLink | undefined {
  const [shopId, contactId, version] = readSignedIds(keyring, 'person', 3, token, linkMacBytes) ?? []
  if (shopId === undefined || contactId === undefined || version === undefined) return undefined
  return { shopId, contactId, version: Number(version) }
}

export type RoomSide = 'agent' | 'customer'

/** One side's way into a session's room; presence of that side is what is billed, so sides never share a token. */
export interface RoomPass {
  side: RoomSide
  shopId: bigint
  sessionId: bigint
  /** Whose the customer's side is; absent: the buyer's. */
  person?: { contactId: bigint; version: number }
}

export function roomToken(keyring: Keyring, pass: RoomPass): string {
  if (pass.person) {
    const { contactId, version } = pass.person
    const ids = [pass.shopId, pass.sessionId, contactId, BigInt(version)]
    return signIds(keyring, 'room-person', ids, linkMacBytes)
  }
  const side = pass.side === 'agent' ? 1n : 2n
  return signIds(keyring, 'room', [side, pass.shopId, pass.sessionId], linkMacBytes)
}

/** Undefined unless we made it. */
export function readRoomToken(keyring: Keyring, token: string): RoomPass | undefined {
  const [side, shopId, sessionId] = readSignedIds(keyring, 'room', 3, token, linkMacBytes) ?? []
  if (side === undefined || shopId === undefined || sessionId === undefined) {
    return readPersonsRoom(keyring, token)
  }
  return { side: side === 1n ? 'agent' : 'customer', shopId, sessionId }
}

function readPersonsRoom(keyring: Keyring, token: string): RoomPass | undefined {
  const [shopId, sessionId, contactId, version] =
    readSignedIds(keyring, 'room-person', 4, token, linkMacBytes) ?? []
  if (shopId === undefined || sessionId === undefined || contactId === undefined || version === undefined) {
    return undefined
  }
  return { side: 'customer', shopId, sessionId, person: { contactId, version: Number(version) } }
}

/** An offer of work that the customer may answer. `version`: the ticket's, so that revoking its links voids this one too. */
export interface OfferLink {
  shopId: bigint
  offerId: bigint
  version: number
}

export function offerToken(keyring: Keyring, link: OfferLink): string {
  return signIds(keyring, 'offer', [link.shopId, link.offerId, BigInt(link.version)], linkMacBytes)
}

/** Undefined unless we made it. The caller still compares `version` with the ticket's. */
export function readOfferToken(keyring: Keyring, token: string): OfferLink | undefined {
  const [shopId, offerId, version] = readSignedIds(keyring, 'offer', 3, token, linkMacBytes) ?? []
  if (shopId === undefined || offerId === undefined || version === undefined) return undefined
  return { shopId, offerId, version: Number(version) }
}

/** The ticket that an answer to our mail belongs to. */
export interface ReplyAddress {
  shopId: bigint
  ticketId: bigint
}

/* 96 bits: beyond guessing, and with two full 64-bit ids "reply+" and token stay within the 64 characters of a local part. */
const replyMacBytes = 12

/** The part after "reply+" of the Reply-To address: lower-case letters and digits, at most 52. */
export function replyToken(keyring: Keyring, address: ReplyAddress): string {
  return signIds(keyring, 'reply', [address.shopId, address.ticketId], replyMacBytes)
}

/** Undefined unless we made it. Upper case is read too, because some mail servers change it. */
export function readReplyToken(keyring: Keyring, token: string): ReplyAddress | undefined {
  const [shopId, ticketId] = readSignedIds(keyring, 'reply', 2, token, replyMacBytes) ?? []
  return shopId === undefined || ticketId === undefined ? undefined : { shopId, ticketId }
}

/** The message that a bounce is about. */
export interface BouncedMessage {
  shopId: bigint
  ticketId: bigint
  messageId: bigint
}

/* 80 bits: beyond guessing, and short enough that "bounce+" and token stay within the 64 characters of a local part. */
const bounceMacBytes = 10

/** The part after "bounce+" of the envelope sender: lower-case letters and digits. */
export function bounceToken(keyring: Keyring, message: BouncedMessage): string {
  return signIds(keyring, 'bounce', [message.shopId, message.ticketId, message.messageId], bounceMacBytes)
}

/** Undefined unless we made it. */
export function readBounceToken(keyring: Keyring, token: string): BouncedMessage | undefined {
  const [shopId, ticketId, messageId] = readSignedIds(keyring, 'bounce', 3, token, bounceMacBytes) ?? []
  if (shopId === undefined || ticketId === undefined || messageId === undefined) return undefined
  return { shopId, ticketId, messageId }
}

/** An agent who may answer on a ticket by mail. */
export interface AgentAddress {
  shopId: bigint
  ticketId: bigint
  agentId: bigint
}

/** The part after "agent+" of the Reply-To of what one agent is told of one ticket. */
export function agentMailToken(keyring: Keyring, address: AgentAddress): string {
  const ids = [address.shopId, address.ticketId, address.agentId]
  return signIds(keyring, 'agent-mail', ids, replyMacBytes)
}

/** Undefined unless we made it. */
export function readAgentMailToken(keyring: Keyring, token: string): AgentAddress | undefined {
  const [shopId, ticketId, agentId] = readSignedIds(keyring, 'agent-mail', 3, token, replyMacBytes) ?? []
  if (shopId === undefined || ticketId === undefined || agentId === undefined) return undefined
  return { shopId, ticketId, agentId }
}

/** By which an installation knows its own mail when it comes back to it: of the Message-ID, without angle brackets. */
export function ownMark(keyring: Keyring, messageId: string): string {
  return macToken(keyring, 'own-mail', [messageId])
}

/** True when this installation sent the mail of this Message-ID. */
export function isOwnMark(keyring: Keyring, messageId: string, mark: string): boolean {
  return verifyMac(keyring, 'own-mail', [messageId], mark)
}
