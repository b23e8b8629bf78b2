import { onKeys } from './keys.ts'
import { listen, markHere, showHere } from './live.ts'
import { makeLooks } from './looks.ts'
import { takeParts } from './morph.ts'
import { takeRows } from './rows.ts'

/** A pause in typing after which the list follows. */
const typingMs = 200
/** A burst of news is looked at once. */
const gatherMs = 300
/** Asking by itself, while the server cannot be heard. */
const pollMs = 30_000

/** The list follows what happens and what is typed, and goes by keys; without a script it is links and forms. */
export function followList(): void {
  moveByKeys()
  const list = document.querySelector<HTMLElement>('.inbox main.list')
  if (!list) return
  countTicked(list)
  const search = list.querySelector<HTMLFormElement>('form.search')
  let asked: AbortController | undefined
  /** What was typed and is not shown yet: news that come meanwhile must not bring back what stood there before. */
  let typed: string | undefined
  const look = async (signal: AbortSignal) => {
    const address = typed ?? here()
    const answer = await fetch(address, { headers: { accept: 'text/html' }, signal })
    // A redirect means that the login ended; the next click will say so in words.
    if (!answer.ok || answer.redirected) return
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
    markHere(next)
    take(list, next)
    if (address !== location.href) history.replaceState(history.state, '', address)
    if (typed === address) typed = undefined
  }
  const looks = makeLooks(async () => {
    const asking = new AbortController()
    asked = asking
    // What was typed over meanwhile is still to come.
    await look(asking.signal).finally(() => {
      if (!asking.signal.aborted) list.removeAttribute('aria-busy')
    })
  })
  search?.addEventListener('input', () => {
    typed = addressOf(search)
    asked?.abort()
    list.setAttribute('aria-busy', 'true')
    looks.after(typingMs)
  })
  const live = listen(undefined, {
    changed: () => looks.within(gatherMs),
    here: showHere,
  })
  setInterval(() => {
    if (!live.hears() && document.visibilityState === 'visible') looks.within(0)
  }, pollMs)
}

/** The page's own address, without what was done before. */
function here(): string {
  const address = new URL(location.href)
  for (const name of ['done', 'refused']) address.searchParams.delete(name)
  return address.href
}

function addressOf(form: HTMLFormElement): string {
  const address = new URL(form.action)
  for (const [name, value] of new FormData(form))
    if (value !== '') address.searchParams.set(name, String(value))
  return address.href
}

function take(list: HTMLElement, next: Document): void {
  document.title = next.title
  const rows = list.querySelector('#found > .rows')
  const there = next.querySelector('#found > .rows')
  if (rows && there) {
    takeRows(rows, there)
    list.querySelector('#found > .older')?.remove()
    const older = next.querySelector('#found > .older')
    if (older) rows.after(document.adoptNode(older))
  } else {
    const found = next.querySelector('#found')
    if (found) list.querySelector('#found')?.replaceWith(document.adoptNode(found))
  }
  takeParts(next, 'main.list h1', '.rail .views')
  list.dispatchEvent(new Event('change'))
}

function countTicked(list: HTMLElement): void {
  const count = list.querySelector<HTMLElement>('[data-selected]')
  list.addEventListener('change', () => {
    const ticked = list.querySelectorAll('.pick :checked').length
    if (count) count.textContent = (count.dataset.selected ?? '').replace('{n}', String(ticked))
  })
}

function moveByKeys(): void {
  const rows = () => [...document.querySelectorAll<HTMLAnchorElement>('.list a.row')]
  const step = (by: 1 | -1) => () => {
    const all = rows()
    const at = all.findIndex(
      (row) => row.closest('li')?.contains(document.activeElement) || row.ariaCurrent === 'page',
    )
    const next = all[at < 0 ? 0 : at + by]
    if (!next) return false
    // Beside a conversation the next ticket is opened; in the list alone it is only pointed at.
    if (document.querySelector('main.ticket')) next.click()
    else next.focus()
    return true
  }
  onKeys({
    j: step(1),
    k: step(-1),
    x: () => {
      const box = document.activeElement?.closest('li')?.querySelector<HTMLInputElement>('.pick input')
      box?.click()
      return box !== null && box !== undefined
    },
    z: () => {
      const undo = document.querySelector<HTMLButtonElement>('[data-undo]')
      undo?.click()
      return undo !== null
    },
  })
}
