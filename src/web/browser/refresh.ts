const soon = [1000, 2000, 4000, 8000]
const later = 20_000

/**
 * Keeps the conversation and the balance of an open ticket current: quickly while a message is under way or the shop is asked, otherwise now
 * and then. It asks for the page itself and swaps the two parts, so there is nothing that could show another truth than
 * a reload. The composer is never touched.
 */
export function keepFresh(): void {
  const ticket = document.querySelector('main.ticket')
  if (!ticket) return
  let tries = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const plan = () => {
    clearTimeout(timer)
    const pending = document.querySelector(':is(#thread, #side) [data-pending]') !== null
    timer = setTimeout(look, pending ? (soon[tries] ?? later) : later)
    tries = pending ? tries + 1 : 0
  }
  const look = async () => {
    if (document.visibilityState === 'visible') await swap().catch(() => undefined)
    plan()
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void look()
  })
  plan()
}

async function swap(): Promise<void> {
  const answer = await fetch(location.pathname + location.search, { headers: { accept: 'text/html' } })
  // A redirect means that the login ended; the next click will say so in words.
  if (!answer.ok || answer.redirected) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  swapThread(next)
  swapPart('#side .cards', next)
  swapPart('#side summary', next)
}

function swapPart(selector: string, next: Document): void {
  const here = document.querySelector(selector)
  const there = next.querySelector(selector)
  if (!here || !there || isInUse(here)) return
  if (here.innerHTML !== there.innerHTML) here.replaceWith(document.adoptNode(there))
}

function swapThread(next: Document): void {
  const here = document.querySelector('#thread')
  const inner = here?.firstElementChild
  const there = next.querySelector('#thread')?.firstElementChild
  if (!here || !inner || !there || inner.innerHTML === there.innerHTML) return
  if (isInUse(inner)) return
  // In the reversed column the bottom is 0. Who reads above keeps the place and has not seen what came.
  const atBottom = Math.abs(here.scrollTop) < 40
  inner.replaceWith(document.adoptNode(there))
  if (atBottom) markSeen(next)
}

/** What a person opened or is filling in must not close under the hand. */
function isInUse(part: Element): boolean {
  return part.querySelector('details[open]') !== null || part.contains(document.activeElement)
}

function markSeen(next: Document): void {
  const selector = '#composer [name="lastSeenMessageId"]'
  const here = document.querySelector<HTMLInputElement>(selector)
  const there = next.querySelector<HTMLInputElement>(selector)
  if (here && there) here.value = there.value
}
