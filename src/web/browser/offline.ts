/** Says that a page stands still while the browser has no connection. */
export function sayOffline(): void {
  const bar = document.querySelector<HTMLElement>('p[data-offline]')
  const show = () => {
    if (bar) bar.hidden = navigator.onLine
  }
  window.addEventListener('online', show)
  window.addEventListener('offline', show)
  show()
}
