import type { TicketView } from '../../domain/tickets/get-ticket.ts'
import type { ConversationMessage } from '../../domain/tickets/load-messages.ts'
import type { PortalMessage } from '../../web/portal/props.ts'

/**
 * The conversation as the customer may read it: no notes, no automatic mail, no answer that failed to go out or was taken back,
 * because that one was given back, and none that still may be.
 */
export function portalMessages(
  view: Pick<TicketView, 'messages'>,
  reader: {
    shopName: string
    customerName: string
    person: { id: bigint; buyer: boolean }
    /** Address of a file of a message. */
    fileHref: (messageId: bigint, position: number) => string
  },
): PortalMessage[] {
  return view.messages.filter(isForCustomer).map((message) => {
    const inbound = message.direction === 'inbound'
    // What nobody in particular wrote came from the customer, as far as anybody knows.
    const mine =
      inbound && (message.contactId === reader.person.id || (reader.person.buyer && !message.contactId))
    return {
      id: String(message.id),
      mine,
      ...(inbound && !mine && { colleague: true }),
      author: message.authorName || (inbound ? reader.customerName : reader.shopName),
      channel: message.channel,
      at: message.createdAt,
      body: message.body,
      ...(message.attachments.length > 0 && {
        files: message.attachments.map(({ name, size, position }) => ({
          name,
          size,
          href: reader.fileHref(message.id, position),
        })),
      }),
      ...(message.workMinutes === undefined ? {} : { work: workOf(message, message.workMinutes) }),
    }
  })
}

function workOf(message: ConversationMessage, minutes: number): NonNullable<PortalMessage['work']> {
  return {
    minutes,
    units: message.units,
    ...(message.waivedUnits === undefined ? {} : { worth: message.waivedUnits }),
  }
}

/** Whether the customer may read a message, and fetch its files. */
export function isForCustomer(
  message: Pick<ConversationMessage, 'direction' | 'channel' | 'template' | 'state' | 'heldBack'>,
): boolean {
  return (
    (message.direction === 'inbound' || message.direction === 'outbound') &&
    message.channel !== 'note' &&
    message.template === undefined &&
    message.state !== 'failed' &&
    message.state !== 'undone' &&
    !message.heldBack
  )
}
