import { SegmentedMessage } from 'sms-segments-calculator'
import type { FieldProblem } from '../refusal.ts'

/** Channels on which an agent can write to a customer today. */
export const replyChannels = ['email', 'sms', 'portal'] as const
export type ReplyChannel = (typeof replyChannels)[number]

// Twilio refuses longer texts; a mail of this length is a paste by mistake.
const longest: Record<ReplyChannel, number> = { email: 100_000, sms: 1_600, portal: 100_000 }

/** What is wrong with a text that a person wants to send, or undefined. */
export function problemOfBody(body: string, channel: ReplyChannel | 'note'): FieldProblem | undefined {
  if (body.trim() === '') return { field: 'body', message: 'write something first; the text is empty' }
  if (body.includes('\u0000')) return { field: 'body', message: 'remove the NUL character' }
  const limit = channel === 'note' ? longest.portal : longest[channel]
  if (body.length > limit) {
    return { field: 'body', message: `shorten it to ${limit} characters; it has ${body.length}` }
  }
  return undefined
}

/** Segments that a text takes: what an SMS priced per segment is charged by. */
export function segmentsOf(body: string): number {
  return new SegmentedMessage(body).segmentsCount
}
