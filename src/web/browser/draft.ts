/** Short enough to lose no sentence, long enough not to be a request for each key. */
const pauseMs = 1_200
const againMs = 5_000

/**
 * Keeps what is written, some moments after each pause. What could not be kept stays in the field and is tried again; whoever was signed
 * out can sign in in another tab. Returns the function that says that something else of the form changed.
 */
export function keepDraft(form: HTMLFormElement): () => void {
  const body = form.querySelector('textarea')
  const state = form.querySelector<HTMLElement>('[data-draft]')
  const address = state?.dataset.draft
  if (!body || !state || !address) return () => undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let kept = asJson(form)
  // The browser would bring back the text of an answer that was sent, in a form that does not know it; what was not sent is kept by us.
  form.autocomplete = 'off'

  const say = (text: string | undefined, bad = false) => {
    state.textContent = text ?? ''
    state.classList.toggle('warn', bad)
  }
  const save = async (): Promise<void> => {
    const text = asJson(form)
    if (form.dataset.sent || text === kept) return
    say(state.dataset.keeping)
    const answer = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-csrf-token': value(form, 'csrf'),
      },
      body: text,
    }).catch(() => undefined)
    if (answer?.ok) {
      kept = text
      say(body.value.trim() === '' ? '' : state.dataset.kept)
      if (asJson(form) !== kept) plan()
      return
    }
    const signedOut = answer?.status === 401 || answer?.status === 403
    say(signedOut ? state.dataset.signedOut : state.dataset.offline, true)
    // After a new login in another tab the page is read again, and with it the token of that login.
    if (signedOut) document.dispatchEvent(new CustomEvent('desk-look'))
    plan(againMs)
  }
  const plan = (ms = pauseMs) => {
    clearTimeout(timer)
    // One after the other: an older text must not arrive last.
    timer = setTimeout(() => {
      running = (running ?? Promise.resolve()).then(save)
    }, ms)
  }
  body.addEventListener('input', () => plan())
  form.addEventListener('change', () => plan())
  form.addEventListener('submit', () => clearTimeout(timer))
  // Leaving the page: what the last pause was too short for.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && !form.dataset.sent && asJson(form) !== kept) {
      void fetch(address, {
        method: 'POST',
        keepalive: true,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-csrf-token': value(form, 'csrf'),
        },
        body: asJson(form),
      }).catch(() => undefined)
    }
  })
  window.addEventListener('online', () => plan(0))
  return () => plan(0)
}

function asJson(form: HTMLFormElement): string {
  const data = new FormData(form)
  return JSON.stringify({
    channel: String(data.get('channel') ?? 'email'),
    body: form.querySelector('textarea')?.value ?? '',
    key: value(form, 'idempotencyKey'),
    files: data.getAll('file').map(String),
  })
}

function value(form: HTMLFormElement, name: string): string {
  return form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? ''
}
