import { sendOnce } from './once.ts'
import { quoteSms } from './quote.ts'
import { keepFresh } from './refresh.ts'
import { quoteWork } from './work.ts'

const mac = /mac|iphone|ipad/i.test(navigator.userAgent)

document.documentElement.classList.add('scripted')
for (const key of document.querySelectorAll('[data-send-key]')) key.textContent = mac ? '⌘↵' : 'Ctrl ↵'

const form = document.querySelector<HTMLFormElement>('form[data-composer]')
if (form) {
  for (const button of form.querySelectorAll<HTMLButtonElement>('button.send')) {
    if (form.dataset.sending) button.dataset.busy = form.dataset.sending
  }
  sendOnce(form)
  quoteSms(form)
  quoteWork(form)
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    const shown = [...form.querySelectorAll<HTMLButtonElement>('button.send')].find(
      (button) => button.offsetParent !== null && !button.disabled,
    )
    if (shown) form.requestSubmit(shown)
  })
}

// The reason opens over the draft; an empty one must not stay in the way of writing on.
const waive = document.querySelector<HTMLDetailsElement>('details.waive')
waive?.addEventListener('focusout', (event) => {
  const stays = event.relatedTarget instanceof Node && waive.contains(event.relatedTarget)
  if (!stays && waive.querySelector('input')?.value.trim() === '') waive.open = false
})

const search = document.querySelector<HTMLInputElement>('[data-search]')
document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof Element && event.target.closest('input, textarea, select')
  if (event.key !== '/' || typing || event.metaKey || event.ctrlKey || event.altKey) return
  if (!search || search.offsetParent === null) return
  event.preventDefault()
  search.focus()
  search.select()
})

// The reversed column scrolls by itself; keyboards reach it only as a stop of its own.
document.querySelector('#thread')?.setAttribute('tabindex', '0')
for (const current of document.querySelectorAll('[aria-current="page"]')) {
  current.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
keepFresh()
