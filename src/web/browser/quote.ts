import { countSms } from './sms.ts'

/** What POST …/quote answers: credits as numbers with at most two decimals. */
interface Quote {
  credits: number
  leaves: number
  segments: number | null
  available: number
  /** Which grants would pay, in words. */
  payers: string
  code: string
}

function isQuote(value: unknown): value is Quote {
  if (typeof value !== 'object' || value === null) return false
  const quote = value as Record<string, unknown>
  return (
    ['credits', 'leaves', 'available'].every((key) => typeof quote[key] === 'number') &&
    ['payers', 'code'].every((key) => typeof quote[key] === 'string')
  )
}

const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 })
const filled = (template: string | undefined, values: Record<string, number>) =>
  (template ?? '').replace(/\{(\w+)\}/g, (_, name: string) => numbers.format(values[name] ?? 0))

/** Counts an SMS while it is written and asks the server what it would cost: the function that asks also charges. */
export function quoteSms(form: HTMLFormElement): void {
  const foot = form.querySelector<HTMLElement>('.foot[data-channel="sms"]')
  const body = form.querySelector('textarea')
  if (!foot || !body) return
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  const chosen = () => new FormData(form).get('channel') === 'sms'
  const count = () => {
    // Looked for each time: the foot may say something else by now, such as that the credits do not reach.
    const output = foot.querySelector<HTMLElement>('[data-sms-count]')
    if (!output) return
    const { characters, segments, unicode } = countSms(body.value)
    output.textContent =
      characters === 0
        ? ''
        : filled(unicode ? output.dataset.unicode : output.dataset.text, { characters, segments })
  }
  const ask = async () => {
    latest += 1
    const turn = latest
    const quote = await fetchQuote(form, { channel: 'sms', body: body.value }).catch(() => undefined)
    // An answer to an older text must not replace a newer one.
    if (quote && turn === latest) showQuote(form, foot, quote)
  }
  const changed = () => {
    if (!chosen()) return
    count()
    clearTimeout(timer)
    timer = setTimeout(ask, 350)
  }
  body.addEventListener('input', changed)
  form.addEventListener('change', changed)
  form.addEventListener('offers-changed', changed)
  changed()
}

export async function fetchQuote(form: HTMLFormElement, asked: object): Promise<Quote | undefined> {
  const csrf = new FormData(form).get('csrf')
  const answer = await fetch(form.dataset.quote ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-csrf-token': String(csrf ?? ''),
    },
    body: JSON.stringify(asked),
  })
  const value: unknown = answer.ok ? await answer.json() : undefined
  return isQuote(value) ? value : undefined
}

export function showQuote(form: HTMLFormElement, foot: HTMLElement, quote: Quote): void {
  const costs = foot.querySelector('[data-costs]')
  const leaves = foot.querySelector('[data-leaves]')
  const waived = foot.querySelector('[data-waived]')
  const send = foot.querySelector<HTMLButtonElement>('.send')
  if (!costs || !leaves || !send) return
  const short = quote.code !== 'ok'
  foot.querySelector('.price')?.classList.toggle('short', short)
  costs.textContent = short
    ? filled(form.dataset.short, { n: quote.credits, m: quote.available })
    : filled(form.dataset.costs, { n: quote.credits })
  if (waived) waived.textContent = filled(form.dataset.waived, { n: quote.credits })
  const payers = foot.querySelector('[data-payers]')
  if (payers) payers.textContent = quote.payers
  leaves.textContent = short ? '' : filled(form.dataset.leaves, { n: quote.leaves })
}
