import type { Request } from 'express'
import type { UploadedFile } from '../../domain/drafts/draft-files.ts'
import { type ComposerChannel, composerChannels } from '../../web/desk/composer-props.ts'
import { toId } from '../ids.ts'
import { formKey, pathText, readForm, typedText } from '../pages/form.ts'
import { fileIdsIn, filesIn } from '../pages/form-files.ts'

/** Buttons of the composer that do something else than to send. */
export type Button = 'video' | 'work' | 'ask' | 'attach' | 'remove' | 'topup' | 'goodwill' | 'saved'

export interface SentForm {
  ticketId: bigint
  channel: ComposerChannel
  /** The customer is asked to agree before the work is done. */
  askFirst: boolean
  minutes: string
  offerId: string
  body: string
  waiveReason: string
  idempotencyKey: string
  seenId: bigint | undefined
  /** Where the ticket stands after the answer; absent: it waits for the customer. */
  leave: 'open' | 'closed' | undefined
  /** Files that were uploaded before. */
  fileIds: bigint[]
  /** Files that came with the form itself, from a browser without scripts. */
  files: UploadedFile[]
  goodwillReason: string
}

export function readSent(req: Request, button: Button | undefined): SentForm {
  const form = readForm(req)
  const seen = form.lastSeenMessageId ?? ''
  const chosen = composerChannels.find((channel) => channel === form.channel) ?? 'email'
  return {
    ticketId: toId(pathText(req, 'id')),
    channel: button === 'ask' ? 'work' : button === 'video' || button === 'work' ? button : chosen,
    askFirst: button === 'ask',
    minutes: (form.minutes ?? '').trim(),
    offerId: form.offerId ?? '',
    body: typedText(form, 'body'),
    waiveReason: (form.waiveReason ?? '').trim(),
    idempotencyKey: formKey(form),
    // 0: the page showed an empty conversation, so any message is news.
    seenId: /^\d{1,19}$/.test(seen) ? toId(seen) : undefined,
    leave: form.then === 'open' || form.then === 'closed' ? form.then : undefined,
    fileIds: fileIdsIn(req),
    files: filesIn(req),
    goodwillReason: form.goodwillReason ?? '',
  }
}
