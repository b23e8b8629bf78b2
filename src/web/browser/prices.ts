import { morphPiece } from './morph.ts'

const pauseMs = 350

/**
 * Answers the calculator as one types, with the prices that stand in their fields, saved or not. It asks for the page itself and takes its
 * answer over: the function that charges reckons it.
 */
function answerAsTyped(form: HTMLFormElement): void {
  const prices = document.querySelector<HTMLFormElement>('#rates form')
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0
  const ask = async () => {
    latest += 1
    const turn = latest
    const asked = new URLSearchParams()
    for (const [name, value] of new FormData(form)) asked.set(name, String(value))
    for (const [name, value] of prices ? new FormData(prices) : []) {
      if (name.startsWith('prices.')) asked.set(name, String(value))
    }
    const page = new URL(form.action).pathname
    const answer = await fetch(`${page}?${asked}`, { headers: { accept: 'text/html' } })
    // An answer to what was typed before must not replace a newer one.
    if (!answer.ok || answer.redirected || turn !== latest) return
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const [here, there] = [document.getElementById('cost'), next.getElementById('cost')]
    if (here && there && turn === latest) morphPiece(here, there)
  }
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void ask().catch(() => undefined), pauseMs)
  }
  form.addEventListener('input', soon)
  prices?.addEventListener('input', soon)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    void ask().catch(() => form.submit())
  })
}

const form = document.querySelector<HTMLFormElement>('form[data-cost]')
if (form) answerAsTyped(form)
