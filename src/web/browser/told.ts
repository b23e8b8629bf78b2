import { showCount } from './badge.ts'
import { type News, showNews, watchNews } from './news.ts'
import { offerNotifications } from './told-settings.ts'

/** A burst of changes is counted once. */
const gatherMs = 1_500
/** Whoever was refused, such as while the service started anew, is not called again by the browser. */
const againMs = 30_000

/**
 * Every page of the desk: how many unanswered tickets concern the reader stands in the tab, and what comes is told by the browser where
 * the agent turned that on. One page of the browser hears it for all of them, also out of sight: it holds a lock until it is closed, and
 * then the next page takes over. So each is told once, however many pages are open.
 */
const others = 'BroadcastChannel' in window ? new BroadcastChannel('creditdesk-told') : undefined
others?.addEventListener('message', ({ data }) => {
  if (typeof data === 'object' && data !== null && typeof data.count === 'number') showCount(data.count)
})
if (others) watchNews(others)
offerNotifications()
// Browsers keep locks from pages that did not come by https.
void navigator.locks?.request('creditdesk-told', () => new Promise<never>(hear))

function hear(): void {
  let planned = false
  const count = async () => {
    planned = false
    const answer = await fetch('/desk/unanswered', { headers: { accept: 'application/json' } })
    if (!answer.ok) return
    const { count: now } = (await answer.json()) as { count: number }
    showCount(now)
    others?.postMessage({ count: now })
  }
  const open = () => {
    const source = new EventSource('/desk/events?news=1')
    source.addEventListener('changed', () => {
      if (planned) return
      planned = true
      setTimeout(() => void count().catch(() => undefined), gatherMs)
    })
    source.addEventListener('news', (event) => void showNews(JSON.parse(String(event.data)) as News, others))
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(open, againMs)
    })
  }
  open()
}
