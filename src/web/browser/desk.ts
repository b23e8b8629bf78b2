import { takeFiles } from './attach.ts'
import { runClocks } from './clock.ts'
import { keepDraft } from './draft.ts'
import { onKeys, openKeyHelp } from './keys.ts'
import { followList } from './list.ts'
import { sayOffline } from './offline.ts'
import { sendOnce } from './once.ts'
import { quoteSms } from './quote.ts'
import { keepFresh } from './refresh.ts'
import { offerReplies } from './saved.ts'
import { quoteWork } from './work.ts'
import { tellWriting } from './writing.ts'

const mac = /mac|iphone|ipad/i.test(navigator.userAgent)

document.documentElement.classList.add('scripted')
const form = document.querySelector<HTMLFormElement>('form[data-composer]')
if (form) {
  dressButtons(form)
  form.addEventListener('offers-changed', () => dressButtons(form))
  sendOnce(form)
  quoteSms(form)
  quoteWork(form)
  tellWriting(form)
  offerReplies(form)
  takeFiles(form, keepDraft(form))
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    const shown = [...form.querySelectorAll<HTMLButtonElement>('button.send')].find(
      (button) => button.offsetParent !== null && !button.disabled,
    )
    if (shown) form.requestSubmit(shown)
  })
}

function dressButtons(form: HTMLFormElement): void {
  for (const key of form.querySelectorAll('[data-send-key]')) key.textContent = mac ? '⌘↵' : 'Ctrl ↵'
  for (const button of form.querySelectorAll<HTMLButtonElement>('button.send')) {
    if (form.dataset.sending) button.dataset.busy = form.dataset.sending
  }
}

// What opens over the draft closes when the focus goes elsewhere, and by Escape.
const overOf = ({ target }: Event) =>
  target instanceof Element ? target.closest<HTMLDetailsElement>('details.over') : null
document.addEventListener('focusout', (event) => {
  const over = overOf(event)
  if (over && event.relatedTarget instanceof Node && !over.contains(event.relatedTarget)) over.open = false
})
document.addEventListener('keydown', (event) => {
  const over = overOf(event)
  if (event.key !== 'Escape' || !over?.open) return
  over.open = false
  over.querySelector('summary')?.focus()
})

// The reason opens over the draft; an empty one must not stay in the way of writing on.
const waive = document.querySelector<HTMLDetailsElement>('details.waive')
waive?.addEventListener('focusout', (event) => {
  const stays = event.relatedTarget instanceof Node && waive.contains(event.relatedTarget)
  if (!stays && waive.querySelector('input')?.value.trim() === '') waive.open = false
})

const search = document.querySelector<HTMLInputElement>('[data-search]')
const goToSearch = () => {
  if (search && search.offsetParent !== null) {
    search.focus()
    search.select()
    return true
  }
  // A ticket without the list beside it: the search stands on the list.
  if (!document.querySelector('main.ticket')) return false
  location.assign('/desk#search')
  return true
}
if (location.hash === '#search') goToSearch()
const write = (channel: (value: string) => boolean) => {
  const tabs = [...document.querySelectorAll<HTMLInputElement>('#composer [name="channel"]')]
  const tab =
    tabs.find(({ checked, value }) => checked && channel(value)) ?? tabs.find(({ value }) => channel(value))
  if (!tab) return false
  if (!tab.checked) tab.click()
  document.querySelector<HTMLTextAreaElement>('#composer textarea')?.focus()
  return true
}
onKeys({
  r: () => write((channel) => channel !== 'note' && channel !== 'video' && channel !== 'work'),
  n: () => write((channel) => channel === 'note'),
  a: () => {
    const assign = document.querySelector<HTMLElement>('[data-assign]')
    // It stands in the menu of acts, which may be closed.
    assign?.closest('details')?.setAttribute('open', '')
    assign?.focus()
    return assign !== null
  },
  '/': goToSearch,
  '?': openKeyHelp,
})

// The reversed column scrolls by itself; keyboards reach it only as a stop of its own.
document.querySelector('#thread')?.setAttribute('tabindex', '0')
for (const current of document.querySelectorAll('[aria-current="page"]')) {
  current.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
keepFresh()
followList()
sayOffline()
runClocks()
