import type { Response } from 'express'
import type { MailFile } from '../../domain/mail/find-file.ts'
import type { ConversationMessage } from '../../domain/tickets/load-messages.ts'
import type { FileProps } from '../../web/props.ts'

/** What came with a message, without the pictures that are shown within its HTML. `base`: where its files are. */
export function filesOf(message: ConversationMessage, base: string): FileProps[] {
  return message.attachments
    .filter((file) => !(file.inline && message.hasHtml))
    .map(({ name, size, position }) => ({ name, size, href: `${base}/${position}` }))
}

/** What a browser may show by itself; anything else is only ever saved, because strangers sent it. */
const shown = /^image\/(png|jpeg|gif|webp)$/

/** Sends a stranger's file so that it can do nothing in our name. */
export function sendFile(
  res: Response,
  file: MailFile,
  bytes: Buffer,
  /** `save`: no browser shows it by itself, whatever it is. */
  { save = false }: { save?: boolean } = {},
): void {
  const isShown = !save && shown.test(file.mediaType)
  res.set({
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'private, max-age=31536000, immutable',
  })
  if (!isShown) res.attachment(file.name || 'attachment')
  // attachment() guesses a type by the name, which the sender chose.
  res.type(isShown ? file.mediaType : 'application/octet-stream').send(bytes)
}
