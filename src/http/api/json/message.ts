import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import type { ConversationMessage } from '../../../domain/tickets/load-messages.ts'
import { credits, id, time } from '../fields.ts'

export const messageJson = z
  .object({
    id,
    direction: z.enum(['inbound', 'outbound', 'note']),
    channel: z.enum(['email', 'sms', 'whatsapp', 'portal', 'note', 'work']),
    author: z.object({
      kind: z.enum(['agent', 'customer', 'system']),
      name: z.string(),
      contactId: id.nullable().meta({
        description: "Who of the account's people wrote an inbound one; null: nobody in particular.",
      }),
    }),
    body: z.string(),
    template: z.string().nullable().meta({ description: 'Of an automatic message.' }),
    state: z
      .enum(['received', 'noted', 'queued', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'undone'])
      .meta({ description: 'undone: an agent took it back before it was sent.' }),
    dueAt: time.nullable().meta({ description: 'Of a queued one: when it is sent, or tried again.' }),
    address: z.string().nullable(),
    credits: credits.meta({ description: 'What it was charged.' }),
    reversed: z
      .boolean()
      .meta({ description: 'The charge was given back: by a person, or because the send failed.' }),
    waived: z.object({ worth: credits, reason: z.string() }).nullable(),
    freeWith: id.nullable().meta({
      description: "The charged reply in whose merge window this one was free (the shop's setting).",
    }),
    segments: z.number().int().nullable().meta({ description: 'Of an SMS.' }),
    minutes: z.number().int().nullable().meta({ description: 'Of logged work.' }),
    quoted: z.string().nullable().meta({ description: 'What a mail quoted of earlier ones.' }),
    attachments: z.array(
      z.object({
        position: z.number().int(),
        name: z.string(),
        mediaType: z.string(),
        size: z.number().int().meta({ description: 'In bytes.' }),
        inline: z.boolean().meta({ description: 'Shown within the HTML of the mail.' }),
      }),
    ),
    error: z
      .string()
      .nullable()
      .meta({ description: 'What the provider said, of a failure or of a send that is tried again.' }),
    createdAt: time,
  })
  .meta({ id: 'Message' })

export function toMessageJson(message: ConversationMessage): z.input<typeof messageJson> {
  return {
    id: String(message.id),
    direction: message.direction,
    channel: message.channel,
    author: {
      kind: message.authorKind,
      name: message.authorName,
      contactId: message.contactId === undefined ? null : String(message.contactId),
    },
    body: message.body,
    template: message.template ?? null,
    state: message.state,
    dueAt: message.dueAt?.toISOString() ?? null,
    address: message.address ?? null,
    credits: toCredits(message.units),
    waived:
      message.waivedUnits === undefined
        ? null
        : { worth: toCredits(message.waivedUnits), reason: message.waiveReason ?? '' },
    reversed: message.reversed ?? false,
    freeWith: message.freeWith === undefined ? null : String(message.freeWith),
    segments: message.segments ?? null,
    minutes: message.workMinutes ?? null,
    quoted: message.quoted ?? null,
    attachments: message.attachments,
    error: message.error ?? null,
    createdAt: message.createdAt.toISOString(),
  }
}
