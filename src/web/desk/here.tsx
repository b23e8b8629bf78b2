import type { Words } from '../../words/words.ts'

/** What the script says of whoever is there: on the marks' common parent, so that a long list says it once. */
export function hereWords({ t }: Words) {
  return {
    'data-looking': t('talk:here.looking', { name: '{name}' }),
    'data-writing': t('talk:here.writing', { name: '{name}' }),
  }
}

/** Where the page's script writes who else is at a ticket (browser/live.ts); empty, and without a script it stays so. */
export function Here({ ticketId, live = false }: { ticketId: string; live?: boolean }) {
  return <span class="here small" data-here={ticketId} {...(live ? { role: 'status' } : {})} />
}
