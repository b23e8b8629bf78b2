import type { MailKind } from './mail.ts'
import type { MailHeaders } from './read-headers.ts'

/** Written by programs that answer by themselves; "no" is what a person's mail may say. */
const answering = [
  'x-autoreply',
  'x-auto-reply',
  'x-autorespond',
  'x-autoresponder',
  'x-autoreply-from',
  'x-mail-autoreply',
  'x-auto-response',
  'x-fc-machinegenerated',
  'x-facebook-notify',
  // Of services that ask a sender to prove that they are a person.
  'x-boxtrapper',
  'x-tmda-confirm-append',
  'x-challenge-response',
]

/** Not Feedback-ID: Proton writes it into what people write. */
const ofLists = ['list-id', 'list-unsubscribe', 'list-post', 'x-mailing-list', 'mailing-list']

/**
 * What a mail that is no bounce is, by its header and form. Never by its subject: people write "Automatic reply does not work". Nor by
 * X-Auto-Response-Suppress, which asks others not to answer by machine and stands in many a person's mail.
 */
export function kindOf(
  headers: MailHeaders,
  form: { mediaTypes: readonly string[] },
): Exclude<MailKind, 'bounce'> {
  if (isAutoReply(headers) || form.mediaTypes.includes('message/disposition-notification'))
    return 'auto_reply'
  if (ofLists.some((name) => headers.first(name) !== '')) return 'list'
  return /^(bulk|list|junk)\b/i.test(headers.first('precedence')) ? 'list' : 'person'
}

function isAutoReply(headers: MailHeaders): boolean {
  const submitted = headers.first('auto-submitted')
  if (submitted !== '' && !/^no\b/i.test(submitted)) return true
  if (/^auto[_-]?reply\b/i.test(headers.first('precedence'))) return true
  if (headers.first('x-tmda-fingerprint') !== '' && headers.first('x-delivery-agent').startsWith('TMDA'))
    return true
  return answering.some((name) => !/^(no|false|0)?$/i.test(headers.first(name))) || isOutOfOffice(headers)
}

/** Older Exchange says it only by these two together; each alone stands in mails of people. */
function isOutOfOffice(headers: MailHeaders): boolean {
  return (
    headers.first('x-ms-exchange-inbox-rules-loop') !== '' &&
    /\b(all|oof)\b/i.test(headers.first('x-auto-response-suppress'))
  )
}
