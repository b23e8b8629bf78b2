import { listen, markHere, showHere } from './live.ts'
import { makeLooks } from './looks.ts'
import { morphChildren, takeParts } from './morph.ts'
import { takeOffers } from './offers.ts'
import { takeRows } from './rows.ts'

const soon = [1000, 2000, 4000, 8000]
const later = 20_000
/** While the server tells us of changes, asking only makes up for what was lost. */
const rarely = 120_000
/** A burst of news is looked at once. */
const gatherMs = 150
/** What happens on other tickets changes only the list beside this one. */
const besideMs = 2_000

/**
 * Keeps the conversation and the balance of an open ticket current, and the list beside it: when the server says that something changed,
 * and by asking now and then where it cannot. It asks for the page itself and takes over what differs, so there is nothing that could
 * show another truth than a reload. What is typed is never touched.
 */
export function keepFresh(): void {
  const ticket = document.querySelector<HTMLElement>('main.ticket')
  if (!ticket) return
  let tries = 0
  /** Until the next look, unless something is heard before. */
  const pause = () => {
    const pending = document.querySelector(':is(#thread, #side) [data-pending]') !== null
    const asking = live.hears() ? rarely : pending ? (soon[tries] ?? later) : later
    tries = pending ? tries + 1 : 0
    return asking
  }
  const looks = makeLooks(async () => {
    if (document.visibilityState === 'visible') {
      await takeOver(ticket.dataset.ticket ?? '').catch(() => undefined)
    }
    looks.within(pause())
  })
  const live = listen(ticket.dataset.ticket, {
    changed: ({ tickets, customers }) => {
      const ours =
        tickets.includes(ticket.dataset.ticket ?? '') || customers.includes(ticket.dataset.customer ?? '')
      if (tickets.length === 0 || ours) looks.within(gatherMs)
      else if (isShown(listBeside())) looks.within(besideMs)
    },
    here: showHere,
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') looks.within(0)
  })
  document.addEventListener('desk-look', () => looks.within(0))
  looks.within(pause())
}

async function takeOver(ticket: string): Promise<void> {
  const answer = await fetch(addressOf(ticket), { headers: { accept: 'text/html' } })
  // A redirect means that the login ended; the next click will say so in words.
  if (!answer.ok || answer.redirected) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  takeToken(next)
  markHere(next)
  document.title = next.title
  takeThread(next)
  takeList(next)
  for (const selector of ['#side .cards', '#ticket-head']) {
    const [here, there] = [document.querySelector(selector), next.querySelector(selector)]
    if (here && there) morphChildren(here, there, keyOfCard)
  }
  takeParts(next, '#side summary')
  takeOffers(next)
}

const listBeside = (page: Document = document) => page.querySelector<HTMLElement>('section.list')
const isShown = (piece: HTMLElement | null) => piece !== null && piece.offsetParent !== null

function takeList(next: Document): void {
  takeParts(next, '.rail .views')
  const [here, there] = [listBeside(), listBeside(next)]
  const [rows, nextRows] = [here?.querySelector('.rows'), there?.querySelector('.rows')]
  if (rows && nextRows) takeRows(rows, nextRows)
  else if (here && there)
    here.querySelector('.rows, .empty')?.replaceWith(there.querySelector('.rows, .empty') ?? '')
}

/** A form that was refused is shown under the form's own address, which has no page to ask for. */
function addressOf(ticket: string): string {
  const path = `/desk/tickets/${encodeURIComponent(ticket)}`
  return location.pathname === path ? path + location.search : path
}

/** Of a login that was ended and begun anew in another window: our forms go on with the new one. */
function takeToken(next: Document): void {
  const token = next.querySelector<HTMLInputElement>('[name="csrf"]')?.value
  if (!token) return
  for (const field of document.querySelectorAll<HTMLInputElement>('input[name="csrf"]')) field.value = token
}

function takeThread(next: Document): void {
  const here = document.querySelector('#thread')
  const inner = here?.firstElementChild
  const there = next.querySelector('#thread')?.firstElementChild
  if (!here || !inner || !there) return
  keepMark(inner, there)
  // In the reversed column the bottom is 0. Who reads above keeps the place and has not seen what came.
  const atBottom = Math.abs(here.scrollTop) < 40
  const came = morphChildren(inner, there, keyOfBlock).flatMap((key) => {
    const message = document.getElementById(key)
    return message?.matches('.msg') ? [message] : []
  })
  const writing =
    (document.querySelector<HTMLTextAreaElement>('#composer textarea')?.value ?? '').trim() !== ''
  if (came.length > 0) announce(came)
  // Whoever is writing an answer has to say that the news were read; until then the server stops the answer.
  if (came.length > 0 && (writing || !atBottom)) askToRead(next, came)
  else if (atBottom && document.querySelector<HTMLElement>('[data-news]')?.hidden !== false) markSeen(next)
}

/** Where the news begin is known only to the page that says "not sent"; whoever reads that must go on finding them. */
function keepMark(here: Element, there: Element): void {
  const mark = here.querySelector('.event.fresh')
  const marked = mark?.nextElementSibling
  if (!mark || !marked) return
  const same = [...there.children].find((piece) => keyOfBlock(piece) === keyOfBlock(marked))
  same?.before(mark.cloneNode(true))
}

function keyOfBlock(piece: Element): string {
  const message = piece.querySelector('.msg[id]')
  return message ? message.id : (piece.textContent ?? '')
}

function keyOfCard(piece: Element): string {
  return piece.id || `${piece.tagName} ${piece.querySelector('h1, h2')?.textContent ?? piece.className}`
}

function announce(messages: Element[]): void {
  const status = document.querySelector<HTMLElement>('[data-announce]')
  const names = messages.map((message) => message.querySelector('.head b')?.textContent ?? '')
  if (status) status.textContent = fill(status.dataset.announce, names)
}

function askToRead(next: Document, messages: Element[]): void {
  const bar = document.querySelector<HTMLElement>('[data-news]')
  const text = bar?.querySelector<HTMLElement>('[data-news-text]')
  const button = bar?.querySelector('button')
  if (!bar || !text || !button) return
  text.textContent = fill(
    bar.dataset.news,
    messages.map((message) => message.querySelector('.head b')?.textContent ?? ''),
  )
  bar.hidden = false
  const first = messages[0]
  button.onclick = () => {
    bar.hidden = true
    markSeen(next)
    first?.scrollIntoView({ block: 'start' })
    document.querySelector<HTMLTextAreaElement>('#composer textarea')?.focus()
  }
}

function fill(template: string | undefined, names: string[]): string {
  const list = new Intl.ListFormat(document.documentElement.lang, { type: 'conjunction' })
  return (template ?? '').replace('{names}', () => list.format([...new Set(names)]))
}

function markSeen(next: Document): void {
  const selector = '#composer [name="lastSeenMessageId"]'
  const here = document.querySelector<HTMLInputElement>(selector)
  const there = next.querySelector<HTMLInputElement>(selector)
  if (here && there) here.value = there.value
}
