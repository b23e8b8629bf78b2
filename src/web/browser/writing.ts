/** Shorter than the server remembers (src/domain/live/presence.ts). */
const againMs = 4_000

/** Lets colleagues see that somebody is writing here. */
export function tellWriting(form: HTMLFormElement): void {
  const body = form.querySelector('textarea')
  const address = form.dataset.writing
  if (!body || !address) return
  let told = 0

  const tell = (writing: boolean) => {
    told = writing ? performance.now() : 0
    void fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-csrf-token': form.querySelector<HTMLInputElement>('[name="csrf"]')?.value ?? '',
      },
      body: JSON.stringify({ writing }),
      keepalive: true,
    }).catch(() => undefined)
  }
  body.addEventListener('input', () => {
    if (body.value.trim() === '') {
      if (told) tell(false)
    } else if (!told || performance.now() - told > againMs) {
      tell(true)
    }
  })
  form.addEventListener('submit', () => {
    if (told) tell(false)
  })
}
