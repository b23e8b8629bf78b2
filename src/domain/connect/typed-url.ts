import { readShopUrl } from '../shops/add-shop.ts'

/**
 * The shop's address as a person types or copies it: "shop.example", or what stands in the browser while one works in the shop.
 * Undefined when it is none.
 */
export function readTypedUrl(typed: string): string | undefined {
  const text = typed.trim()
  if (text === '') return undefined
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  const plain = whole.replace(/[?#].*$/, '').replace(/\/(wp-(admin|login\.php|json)\b.*|index\.php)$/i, '')
  const url = readShopUrl(plain)
  // A bare word is no address, though URL takes it for one.
  return url && /[.:]|localhost/.test(new URL(url).host) ? url : undefined
}

/** Whether two addresses are one: case of the name, a usual port and a slash at the end make no difference. */
export function isSameAddress(left: string, right: string): boolean {
  const plain = (text: string) => (URL.canParse(text) ? new URL(text).href.replace(/\/+$/, '') : text)
  return plain(left) === plain(right)
}
