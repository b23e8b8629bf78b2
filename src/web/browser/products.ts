// A search form whose list follows while one types. It asks for the page itself and swaps the list, so there is nothing that
// could show another truth than sending the form.
const pauseMs = 200

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-live]')) follow(form)

function follow(form: HTMLFormElement): void {
  const selector = form.dataset.live ?? ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked: AbortController | undefined
  const look = async () => {
    asked?.abort()
    asked = new AbortController()
    const address = addressOf(form)
    const answer = await fetch(address, { headers: { accept: 'text/html' }, signal: asked.signal })
    // A redirect means that the login ended; sending the form will say so in words.
    if (!answer.ok || answer.redirected) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const there = page.querySelector(selector)
    if (!there) return
    document.querySelector(selector)?.replaceWith(document.adoptNode(there))
    history.replaceState(history.state, '', address)
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => void look().catch(() => undefined), pauseMs)
  })
}

function addressOf(form: HTMLFormElement): string {
  const address = new URL(form.action)
  for (const [name, value] of new FormData(form))
    if (value !== '') address.searchParams.set(name, String(value))
  return address.href
}
