import type { ConversationItem, EventProps, MessageProps } from './conversation-props.ts'
import { CallCard, EventLine } from './events.tsx'
import { AutomaticMail, Message, UndoneMessage } from './message.tsx'
import type { TicketPageProps } from './ticket-props.ts'

type Block = { kind: 'message'; message: MessageProps } | { kind: 'events'; events: EventProps[] }

/** Oldest first. The inner box hangs in a reversed column, so that the newest is in view without a script. */
export function Conversation({ props }: { props: TicketPageProps }) {
  const { t } = props.words
  const blocks = intoBlocks(props.conversation)
  const firstNew = props.conversation.find((item) => item.kind === 'message' && item.isNew)
  return (
    <section class="thread" aria-label={t('desk:conversation')} id="thread">
      <div class="thread-in">
        {props.olderHref && (
          <p class="older">
            <a class="button" href={props.olderHref}>
              {t('desk:olderMessages')}
            </a>
          </p>
        )}
        {blocks.map((block, index) => (
          <>
            {block.kind === 'message' && block.message === firstNew && (
              <p class="event fresh">
                <span>{t('desk:newSince')}</span>
              </p>
            )}
            <div class="block" {...(index === blocks.length - 1 ? { id: 'newest' } : {})}>
              <BlockView block={block} props={props} />
            </div>
          </>
        ))}
        {!props.conversation.some((item) => item.kind === 'message') && (
          <div class="empty">
            <p>{t('desk:emptyConversation')}</p>
          </div>
        )}
      </div>
    </section>
  )
}

function BlockView({ block, props }: { block: Block; props: TicketPageProps }) {
  if (block.kind === 'message' && block.message.state === 'undone') {
    return <UndoneMessage message={block.message} frame={props} />
  }
  if (block.kind === 'message') {
    return block.message.automatic ? (
      <AutomaticMail message={block.message} frame={props} />
    ) : (
      <Message message={block.message} frame={props} ticketId={block.message.ticketId ?? props.ticket.id} />
    )
  }
  const only = block.events[0]
  if (only?.kind === 'session_billed') return <CallCard event={only} frame={props} />
  return <EventLine events={block.events} frame={props} />
}

const oneMoment = 60_000

function intoBlocks(items: ConversationItem[]): Block[] {
  const blocks: Block[] = []
  for (const item of items) {
    if (item.kind === 'message') {
      blocks.push({ kind: 'message', message: item })
      continue
    }
    const before = blocks[blocks.length - 1]
    const last = before?.kind === 'events' ? before.events[before.events.length - 1] : undefined
    const alone = item.kind === 'session_billed' || last?.kind === 'session_billed'
    if (before?.kind === 'events' && last && !alone && item.at.getTime() - last.at.getTime() < oneMoment) {
      before.events.push(item)
    } else {
      blocks.push({ kind: 'events', events: [item] })
    }
  }
  return blocks
}
