import { morphPiece } from './morph.ts'

/**
 * Takes over what each channel now costs and leaves, and what is offered when the credits do not reach, after somebody else changed the
 * balance. What is typed stays; scripts that count a price by the text hear of it by the form's event `offers-changed`.
 */
export function takeOffers(next: Document): void {
  const form = document.querySelector<HTMLFormElement>('form[data-composer]')
  const there = next.querySelector<HTMLFormElement>('form[data-composer]')
  if (!form || !there || form.dataset.sent) return
  let changed = false
  for (const foot of form.querySelectorAll<HTMLElement>('.foot[data-offer]')) {
    const now = there.querySelector<HTMLElement>(`.foot[data-offer][data-channel="${foot.dataset.channel}"]`)
    // By what the server said: scripts write other prices into the foot, for the text that is typed.
    if (!now || now.dataset.offer === foot.dataset.offer) continue
    // Somebody is choosing within it; a later look takes over.
    if (document.activeElement instanceof HTMLSelectElement && foot.contains(document.activeElement)) continue
    morphPiece(foot, now)
    foot.dataset.offer = now.dataset.offer
    changed = true
  }
  for (const field of form.querySelectorAll<HTMLInputElement>('.tabs input')) {
    const tab = there.querySelector(`.tabs input[value="${field.value}"]`)?.parentElement
    if (tab && field.parentElement) field.parentElement.className = tab.className
  }
  if (changed) form.dispatchEvent(new Event('offers-changed'))
}
