/** The page that somebody wanted before they were asked to sign in; undefined for anything but a page of the desk. */
export function readNext(typed: string | undefined): string | undefined {
  if (typed === undefined || typed.length > 500 || !/^\/desk([/?#]|$)/.test(typed)) return undefined
  // Read as a browser would: what it takes for another host is no page of ours.
  const url = new URL(typed, 'http://here.invalid')
  return url.host === 'here.invalid' && url.pathname.startsWith('/desk')
    ? url.pathname + url.search + url.hash
    : undefined
}
