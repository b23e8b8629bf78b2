/**
 * What a provider said of one send, in our words. The difference between `temporary` and `unknown` is money:
 * `temporary` means the provider certainly did not take the message, so it may be tried again; `unknown` means it
 * may have, so it must never be sent again by a machine.
 */
export type SendOutcome =
  | { kind: 'accepted'; providerId: string }
  | { kind: 'rejected'; reason: string; code?: string }
  | {
      kind: 'temporary'
      reason: string
      code?: string
      /** Nothing was tried, because the provider wants to be left alone; so long. */
      waitMs?: number
    }
  | { kind: 'unknown'; reason: string }
