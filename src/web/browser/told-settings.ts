import { canTell, isTold, setTold } from './news.ts'

/**
 * The card on the page of notifications. The browser is asked for its permission by a click there and nowhere else: a page that asks by
 * itself is refused for good by most people.
 */
export function offerNotifications(): void {
  const card = document.querySelector<HTMLElement>('[data-told]')
  const [on, off] = [button(card, 'on'), button(card, 'off')]
  if (!card || !on || !off) return
  let usable = canTell()
  const show = () => {
    const state = !usable
      ? 'missing'
      : isTold()
        ? 'told'
        : Notification.permission === 'denied'
          ? 'denied'
          : 'untold'
    for (const text of card.querySelectorAll<HTMLElement>('[data-told-state]'))
      text.hidden = text.dataset.toldState !== state
    on.hidden = state !== 'untold'
    off.hidden = state !== 'told'
    card.hidden = false
  }
  on.addEventListener('click', async () => {
    if ((await Notification.requestPermission()) === 'granted') usable = tryOne(card.dataset.confirm ?? '')
    setTold(usable && Notification.permission === 'granted')
    show()
    if (isTold()) off.focus()
  })
  off.addEventListener('click', () => {
    setTold(false)
    show()
    on.focus()
  })
  show()
}

/** Shows that it works. Some browsers of phones have the name and refuse the act. */
function tryOne(text: string): boolean {
  try {
    return new Notification(text, { tag: 'creditdesk' }) !== undefined
  } catch {
    return false
  }
}

function button(card: HTMLElement | null, name: 'on' | 'off'): HTMLButtonElement | null | undefined {
  return card?.querySelector<HTMLButtonElement>(`button[data-told-${name}]`)
}
