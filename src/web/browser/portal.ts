import { takeFiles } from './attach.ts'
import { sendOnce } from './once.ts'

document.documentElement.classList.add('scripted')
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-once]')) {
  // First, because a form whose files are still on their way must not count as sent.
  takeFiles(form, () => undefined)
  sendOnce(form)
}
tellClock()

/** Agents see what time it is where the customer is: told once, and when it changed. */
function tellClock(): void {
  const page = document.querySelector<HTMLElement>('main[data-clock-action]')
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!page?.dataset.clockAction || !zone || zone === page.dataset.clockKnown) return
  const body = new URLSearchParams({ timeZone: zone, csrf: page.dataset.csrf ?? '' })
  void fetch(page.dataset.clockAction, { method: 'POST', body, keepalive: true }).catch(() => undefined)
}
