import type { ConversationMessage } from '../../domain/tickets/load-messages.ts'
import type { MessageProps } from '../../web/desk/conversation-props.ts'
import type { Words } from '../../words/words.ts'
import { filesOf } from '../pages/files.ts'

const templates = [
  'welcome',
  'top-up',
  'session-invitation',
  'session-bill',
  'portal-answer',
  'work-done',
  'work-offer',
  'expiry-warning',
  'credits-needed',
] as const

/** A message of the conversation; `isNew` when it came after `seenId`, the newest one that the agent has seen. */
export function messageProps(
  message: ConversationMessage,
  context: {
    words: Words
    shopName: string
    seenId?: bigint | undefined
    tooLate?: bigint | undefined
  },
): MessageProps {
  const { words, shopName, seenId } = context
  const base = `/desk/tickets/${message.ticketId}/messages/${message.id}`
  const direction = directions[message.direction]
  const cost = costOf(message)
  const props: MessageProps = {
    kind: 'message',
    id: String(message.id),
    ticketId: String(message.ticketId),
    direction,
    author: message.authorKind === 'system' ? message.authorName || shopName : message.authorName,
    channel: message.channel,
    at: message.createdAt,
    body: message.body,
    ...(cost && { cost }),
    ...(message.workMinutes === undefined ? {} : { workMinutes: message.workMinutes }),
    ...(message.error === undefined ? {} : { failure: message.error }),
    ...(message.quoted === undefined ? {} : { quoted: message.quoted }),
    ...(message.hasHtml && { htmlHref: `${base}/html` }),
    ...(message.attachments.length > 0 && { files: filesOf(message, `${base}/attachments`) }),
    ...(seenId !== undefined && message.id > seenId && { isNew: true }),
  }
  if (message.state === 'queued' && message.dueAt) props.due = message.dueAt
  if (message.state === 'queued' && message.template === undefined && message.authorKind === 'agent') {
    props.mayUndo = true
  }
  if (context.tooLate === message.id && message.state !== 'queued' && message.state !== 'undone') {
    props.tooLate = true
  }
  if (direction === 'out' && message.state !== 'received' && message.state !== 'noted') {
    props.state = message.state
  }
  return message.template === undefined ? props : { ...props, ...automatic(message, words) }
}

const directions = { inbound: 'in', outbound: 'out', note: 'note' } as const

/** Its words are made when it is sent, so the conversation says what it was and where it went. */
function automatic(message: ConversationMessage, { t }: Words): Partial<MessageProps> {
  const known = templates.find((name) => name === message.template)
  return {
    automatic: true,
    ...(known && { subject: t(`desk:template.${known}`) }),
    body: message.body || t('desk:automaticTo', { to: message.address ?? '' }),
  }
}

function costOf(message: ConversationMessage): MessageProps['cost'] {
  if (message.waivedUnits !== undefined) {
    return {
      kind: 'waived',
      units: message.waivedUnits,
      ...(message.waiveReason === undefined ? {} : { reason: message.waiveReason }),
    }
  }
  if (message.freeWith !== undefined) return { kind: 'included', units: 0n }
  if (message.units === 0n) return undefined
  return {
    kind: message.reversed ? 'reversed' : 'charged',
    units: message.units,
  }
}
