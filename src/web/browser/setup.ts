import { morphChildren } from './morph.ts'

const soonMs = 2_000
const laterMs = 15_000

/**
 * Keeps a setup page current that tells how things stand: quickly while something is under way, otherwise now and then. It asks for the
 * page itself and takes over what differs, so there is nothing that could show another truth than a reload.
 */
function keepCurrent(here: HTMLElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const plan = () => {
    clearTimeout(timer)
    timer = setTimeout(look, here.querySelector('[data-pending]') ? soonMs : laterMs)
  }
  const look = async () => {
    if (document.visibilityState === 'visible') await takeOver(here).catch(() => undefined)
    plan()
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void look()
  })
  plan()
}

async function takeOver(here: HTMLElement): Promise<void> {
  const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } })
  // A redirect means that the login ended; the next click will say so in words.
  if (!answer.ok || answer.redirected) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const there = next.querySelector('[data-fresh]')
  if (there) morphChildren(here, there, ({ id }) => id)
}

// The answer to a form stands at an address that cannot be asked for, and says what is wrong with it.
const fresh = document.querySelector<HTMLElement>('[data-fresh]')
if (fresh?.dataset.fresh === location.pathname) keepCurrent(fresh)
