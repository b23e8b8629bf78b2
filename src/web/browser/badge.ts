/** Shows in the tab how many unanswered tickets concern the reader: "(3) …", and a dot on the sign. */
export function showCount(count: number): void {
  const shown = count > 99 ? `${number(99)}+` : number(count)
  // As the server writes it (layout.tsx); a subject may begin with a bracket of its own.
  const bare = document.title.replace(/^\([\p{Nd}]+\+?\) /u, '')
  const title = count > 0 ? `(${shown}) ${bare}` : bare
  if (document.title !== title) document.title = title
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"][data-dotted]')
  const href = count > 0 ? icon?.dataset.dotted : icon?.dataset.plain
  if (icon && href && icon.getAttribute('href') !== href) icon.href = href
}

function number(value: number): string {
  return new Intl.NumberFormat(document.documentElement.lang).format(value)
}
