import { morphPiece } from './morph.ts'

const soonMs = 2_000
const laterMs = 15_000

/**
 * Keeps the parts of a setup page current that tell how things stand: quickly while something is under way, otherwise now and then. It
 * asks for the page itself and takes over what differs, so there is nothing that could show another truth than a reload.
 */
function keepCurrent(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const plan = () => {
    clearTimeout(timer)
    timer = setTimeout(look, document.querySelector('[data-pending]') ? soonMs : laterMs)
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
  const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } })
  // A redirect means that the login ended; the next click will say so in words.
  if (!answer.ok || answer.redirected) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const here of document.querySelectorAll('[data-fresh]')) {
    const there = next.getElementById(here.id)
    if (there) morphPiece(here, there)
  }
}

// The answer to a form stands at an address that shows nothing by itself; there nothing is swapped.
if (document.querySelector('[data-fresh]')) keepCurrent()
