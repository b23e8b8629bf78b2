import type { SendOutcome } from './outcome.ts'

export interface OutgoingText {
  shopId: string
  /** E.164 */
  to: string
  body: string
  /** Our message id, put into the status callback's address. */
  messageId: string
}

/** States of one text as the provider reports them, weakest first. A later report never lowers the state. */
export const textStates = ['queued', 'sent', 'delivered', 'undelivered', 'failed'] as const
export type TextState = (typeof textStates)[number]

export interface TextStatusReport {
  providerId: string
  state: TextState
  errorCode?: string
}

/** A text that a customer sent. */
export interface IncomingText {
  providerId: string
  from: string
  to: string
  body: string
}

export interface TextingPort {
  readonly configured: boolean
  readonly sandbox: boolean
  /** Never throws. */
  send(text: OutgoingText): Promise<SendOutcome>
  /**
   * Looks for a text whose send was cut off. `undefined` when the provider holds no such text or cannot say;
   * then a person decides.
   */
  find(text: OutgoingText, since: Date): Promise<{ providerId: string; state: TextState } | undefined>
  /**
   * Verifies and reads a provider's callback. `url` is the public address that the provider called.
   * Returns undefined when the signature does not hold.
   */
  readStatus(
    url: string,
    headers: Record<string, string | undefined>,
    form: Record<string, string>,
  ): TextStatusReport | undefined
  readIncoming(
    url: string,
    headers: Record<string, string | undefined>,
    form: Record<string, string>,
  ): IncomingText | undefined
}
