import { fetchQuote, showQuote } from './quote.ts'

/** Asks the server what the typed minutes of work would cost, and leave: the function that asks also charges. */
export function quoteWork(form: HTMLFormElement): void {
  const foot = form.querySelector<HTMLElement>('.work-foot')
  const fields = form.querySelector<HTMLElement>('.work-fields')
  const minutes = fields?.querySelector<HTMLInputElement>('[name="minutes"]')
  if (!foot || !fields || !minutes) return
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  const ask = async () => {
    latest += 1
    const turn = latest
    const given = Number(minutes.value.trim())
    if (!Number.isInteger(given) || given < 1) return
    const offerId = new FormData(form).get('offerId')
    const quote = await fetchQuote(form, {
      channel: 'work',
      minutes: given,
      ...(offerId ? { offerId: String(offerId) } : {}),
    }).catch(() => undefined)
    // An answer about other minutes must not replace a newer one.
    if (quote && turn === latest) showQuote(form, foot, quote)
  }
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(ask, 250)
  }
  minutes.addEventListener('input', changed)
  fields.addEventListener('change', changed)
  form.addEventListener('offers-changed', changed)
  changed()
}
