export interface Present {
  id: string
  name: string
  writing: boolean
}

/** Who is at which ticket, by the ticket's id; without the reader. */
export type Presence = Record<string, Present[]>

/** Look again at these tickets, and at the balance of these customers; no tickets: at anything. */
export interface Changed {
  tickets: string[]
  customers: string[]
}

export interface LiveHandlers {
  /** Called after each time that nothing could be heard, too. */
  changed(what: Changed): void
  here(presence: Presence): void
}

/** A page that is out of sight for so long gives its connection back: browsers open six to a host, and nobody is looking. */
const hiddenMs = 10_000

/**
 * Hears from the server what happens in the shop while the page is in sight. `ticket`: the one that this page shows, at which the
 * reader is then seen by colleagues. Returns whether it hears at this moment; a page that does not should ask by itself.
 */
export function listen(ticket: string | undefined, on: LiveHandlers): { hears(): boolean } {
  let source: EventSource | undefined
  let missed = false
  let hide: ReturnType<typeof setTimeout> | undefined

  const open = () => {
    clearTimeout(hide)
    if (source && source.readyState !== EventSource.CLOSED) return
    source = new EventSource(addressOf(ticket))
    source.addEventListener('open', () => {
      if (missed) on.changed({ tickets: [], customers: [] })
      missed = false
    })
    source.addEventListener('error', () => {
      missed = true
    })
    source.addEventListener('changed', (event) => on.changed(read<Changed>(event)))
    source.addEventListener('here', (event) => on.here(read<{ presence: Presence }>(event).presence))
  }
  const close = () => {
    source?.close()
    source = undefined
    missed = true
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') open()
    else hide = setTimeout(close, hiddenMs)
  })
  window.addEventListener('pagehide', close)
  window.addEventListener('pageshow', open)
  if (document.visibilityState === 'visible') open()
  // Whoever was refused, such as while the service started anew, is not called again by the browser.
  setInterval(() => {
    if (source?.readyState === EventSource.CLOSED && document.visibilityState === 'visible') open()
  }, 15_000)
  return { hears: () => source?.readyState === EventSource.OPEN }
}

/** With the age of the page, so that the server can tell what changed while it loaded. */
function addressOf(ticket: string | undefined): string {
  const query = new URLSearchParams({ age: String(Math.round(performance.now())) })
  if (ticket) query.set('ticket', ticket)
  return `/desk/events?${query}`
}

function read<T>(event: MessageEvent): T {
  return JSON.parse(String(event.data)) as T
}

let known: Presence = {}

/** Writes into each `[data-here="<ticket>"]` who is there: "Maja is looking". */
export function showHere(presence: Presence): void {
  known = presence
  markHere(document)
}

/** The same in a page that was asked for, or taking it over would wipe what only this page was told. */
export function markHere(page: Document): void {
  for (const mark of page.querySelectorAll<HTMLElement>('[data-here]')) {
    const people = known[mark.dataset.here ?? ''] ?? []
    const words = mark.closest<HTMLElement>('[data-looking]')?.dataset
    const texts = people.map(({ name, writing }) => ({
      writing,
      text: ((writing ? words?.writing : words?.looking) ?? '{name}').replace('{name}', () => name),
    }))
    // Unchanged text is left alone: a screen reader would say it again.
    if (mark.textContent === texts.map(({ text }) => text).join('')) continue
    mark.replaceChildren(
      ...texts.map(({ text, writing }) => {
        const chip = document.createElement('span')
        chip.className = writing ? 'person writing' : 'person'
        chip.textContent = text
        return chip
      }),
    )
  }
}
