/** What came, in words to be shown as they are. */
export interface News {
  ticket: string
  title: string
  text: string
}

/** How long another page may take to say that somebody is looking at the ticket. */
const askMs = 250
const wanted = 'creditdesk-told'

/** Whether the agent wants to be told in this browser; it is this browser's to know, because another one asks for itself. */
export function isTold(): boolean {
  return canTell() && Notification.permission === 'granted' && localStorage.getItem(wanted) === 'on'
}

export function canTell(): boolean {
  return window.isSecureContext && 'Notification' in window && 'locks' in navigator
}

export function setTold(on: boolean): void {
  if (on) localStorage.setItem(wanted, 'on')
  else localStorage.removeItem(wanted)
}

/** Answers the page that hears the news, when its reader is looking at the ticket here. */
export function watchNews(others: BroadcastChannel): void {
  others.addEventListener('message', ({ data }) => {
    if (typeof data?.looksAt === 'string' && isLookedAt(data.looksAt))
      others.postMessage({ seen: data.looksAt })
  })
}

/** Tells of it, unless the reader is looking at that ticket, in this page or another. A later one of a ticket takes the place of the earlier. */
export async function showNews(news: News, others: BroadcastChannel | undefined): Promise<void> {
  if (!isTold() || isLookedAt(news.ticket)) return
  if (others && (await isSeenElsewhere(news.ticket, others))) return
  tell(news)
}

function tell({ ticket, title, text }: News): void {
  const { lang, dir } = document.documentElement
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.dataset.plain
  const options = {
    body: text,
    tag: `creditdesk-${ticket}`,
    renotify: true,
    lang,
    dir: dir === 'rtl' ? ('rtl' as const) : ('ltr' as const),
    ...(icon && { icon }),
  }
  const shown = new Notification(title, options)
  shown.addEventListener('click', (event) => {
    event.preventDefault()
    shown.close()
    const address = `/desk/tickets/${encodeURIComponent(ticket)}#newest`
    // A page of its own, by the ticket's name: what is being written in this one stays as it is.
    const page = window.open(address, `creditdesk-ticket-${ticket}`)
    if (page) page.focus()
    else location.assign(address)
  })
}

function isLookedAt(ticket: string): boolean {
  const shown = document.querySelector<HTMLElement>('main.ticket')?.dataset.ticket
  return shown === ticket && document.visibilityState === 'visible' && document.hasFocus()
}

function isSeenElsewhere(ticket: string, others: BroadcastChannel): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (seen: boolean) => {
      clearTimeout(timer)
      others.removeEventListener('message', heard)
      resolve(seen)
    }
    const heard = ({ data }: MessageEvent) => {
      if (data?.seen === ticket) end(true)
    }
    const timer = setTimeout(() => end(false), askMs)
    others.addEventListener('message', heard)
    others.postMessage({ looksAt: ticket })
  })
}
