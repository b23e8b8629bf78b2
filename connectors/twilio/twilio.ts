import { setTimeout as sleep } from 'node:timers/promises'
import twilio from 'twilio'
import type { SendOutcome } from '../../src/ports/outcome.ts'
import type { OutgoingText, TextingPort } from '../../src/ports/texting.ts'
import { readIncoming, readStatus } from './callbacks.ts'
import { readSendFailure } from './outcome.ts'
import { readTextState } from './states.ts'

export interface TwilioOptions {
  accountSid: string
  authToken: string
  /** Who sends: a number in E.164 or a name, or a messaging service that picks its number. */
  sender: { from: string } | { messagingServiceSid: string }
  /** Public address for the reports of one text; undefined when Twilio could not reach it (localhost). */
  statusCallback: (shopId: string, messageId: string) => string | undefined
  /** For tests against a local server, such as http://127.0.0.1:4010. Default: Twilio's own. */
  apiBase?: string
  /** For one request with its whole answer. Default 15,000. */
  timeoutMs?: number
}

/** Twilio stamps whole seconds with its own clock, so a text may look this much older than our attempt. */
const clockToleranceMs = 5_000

/** Texts over Twilio's Messages API. */
export function createTwilioTexting(options: TwilioOptions): TextingPort {
  const timeoutMs = options.timeoutMs ?? 15_000
  const client = twilio(options.accountSid, options.authToken, {
    timeout: timeoutMs,
    // On a kept connection that Twilio is just closing, nobody could tell whether the text went out, and each such
    // case would have to be decided by a person.
    keepAlive: false,
    // A region from the environment would rewrite the name of the local server.
    ...(options.apiBase && { region: '', edge: '' }),
  })
  if (options.apiBase) client.api.baseUrl = options.apiBase

  async function create(text: OutgoingText): Promise<SendOutcome> {
    const statusCallback = options.statusCallback(text.shopId, text.messageId)
    const created = await client.messages.create({
      to: text.to,
      body: text.body,
      ...options.sender,
      ...(statusCallback && { statusCallback }),
    })
    if (typeof created.sid !== 'string' || created.sid === '') {
      return { kind: 'unknown', reason: 'Twilio answered without the id of the text.' }
    }
    if (readTextState(created.status ?? '') !== 'failed') return { kind: 'accepted', providerId: created.sid }
    return {
      kind: 'rejected',
      reason: created.errorMessage || 'Twilio could not send the text.',
      ...(created.errorCode && { code: String(created.errorCode) }),
    }
  }

  return {
    configured: true,
    sandbox: false,

    async send(text) {
      try {
        return await withDeadline(create(text), timeoutMs)
      } catch (error) {
        return readSendFailure(error)
      }
    },

    /**
     * Twilio cannot be asked for our message id, so the text is known by recipient, body and time. Two that look alike
     * are no answer: taking the wrong one would call a lost text delivered.
     */
    async find(text, since) {
      try {
        const sent = await withDeadline(client.messages.list({ to: text.to, limit: 100 }), timeoutMs)
        const earliest = since.getTime() - clockToleranceMs
        const alike = sent.filter(
          (message) =>
            message.direction !== 'inbound' &&
            message.body?.trim() === text.body.trim() &&
            message.dateCreated.getTime() >= earliest,
        )
        const [found] = alike
        if (!found || alike.length > 1) return undefined
        return { providerId: found.sid, state: readTextState(found.status) }
      } catch {
        return undefined
      }
    },

    readStatus: (url, headers, form) => readStatus(options.authToken, url, headers, form),
    readIncoming: (url, headers, form) => readIncoming(options.authToken, url, headers, form),
  }
}

/** The SDK's time-out starts anew with each byte of the answer; this one does not. */
async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const timer = new AbortController()
  const tooLate = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    timer.abort()
    tooLate.catch(() => undefined)
    work.catch(() => undefined)
  }
}
