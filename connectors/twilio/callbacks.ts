import twilio from 'twilio'
import { z } from 'zod'
import type { IncomingText, TextStatusReport } from '../../src/ports/texting.ts'
import { readTextState } from './states.ts'

export type Headers = Record<string, string | undefined>
export type Form = Record<string, string>

const statusForm = z.object({
  MessageSid: z.string().min(1),
  MessageStatus: z.string().min(1),
  ErrorCode: z.string().optional(),
})

const incomingForm = z.object({
  MessageSid: z.string().min(1),
  From: z.string().min(1),
  To: z.string().min(1),
  Body: z.string().default(''),
})

/**
 * True when Twilio signed this form for this public address. The token is handed over here: the SDK's own middleware
 * would silently take another one from the environment.
 */
function isSigned(authToken: string, url: string, headers: Headers, form: Form): boolean {
  const name = Object.keys(headers).find((header) => header.toLowerCase() === 'x-twilio-signature')
  const signature = name === undefined ? undefined : headers[name]
  if (!signature || !URL.canParse(url)) return false
  return twilio.validateRequest(authToken, signature, url, form)
}

export function readStatus(
  authToken: string,
  url: string,
  headers: Headers,
  form: Form,
): TextStatusReport | undefined {
  if (!isSigned(authToken, url, headers, form)) return undefined
  const read = statusForm.safeParse(form)
  if (!read.success) return undefined
  const { MessageSid, MessageStatus, ErrorCode } = read.data
  return {
    providerId: MessageSid,
    state: readTextState(MessageStatus),
    ...(ErrorCode && ErrorCode !== '0' && { errorCode: ErrorCode }),
  }
}

export function readIncoming(
  authToken: string,
  url: string,
  headers: Headers,
  form: Form,
): IncomingText | undefined {
  if (!isSigned(authToken, url, headers, form)) return undefined
  const read = incomingForm.safeParse(form)
  if (!read.success) return undefined
  const { MessageSid, From, To, Body } = read.data
  return { providerId: MessageSid, from: From, to: To, body: Body }
}
