import { morphChildren } from './morph.ts'

/** Takes over what differs, row by row, so that focus and ticks stay where they are. */
export function takeRows(here: Element, there: Element): void {
  const at = [...here.children].findIndex((row) => row.contains(document.activeElement))
  morphChildren(here, there, (row) => row.querySelector('[data-ticket]')?.getAttribute('data-ticket') ?? '')
  if (at < 0 || here.contains(document.activeElement)) return
  // The row went, such as to another view: the one that stands in its place now.
  const row = here.children[Math.min(at, here.children.length - 1)]
  row?.querySelector<HTMLElement>('a.row')?.focus({ preventScroll: true })
}
