import type { PageFrame } from '../props.ts'

/** Where the page's script writes who else is at a ticket (browser/live.ts); empty, and without a script it stays so. */
export function Here({
  ticketId,
  frame,
  live = false,
}: {
  ticketId: string
  frame: PageFrame
  live?: boolean
}) {
  const { t } = frame.words
  return (
    <span
      class="here small"
      data-here={ticketId}
      data-looking={t('talk:here.looking', { name: '{name}' })}
      data-writing={t('talk:here.writing', { name: '{name}' })}
      {...(live ? { role: 'status' } : {})}
    />
  )
}
