/** Where somebody signs in from, as far as it is kept. */
export interface Origin {
  /** "Firefox on Linux"; '' when the program does not say. */
  device: string
  /** Whole, for counting tries; never stored as it is. '' when it is not known. */
  address: string
}

const browsers: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** "Firefox on Linux" of a User-Agent: enough to know one's own devices by. */
export function deviceOf(userAgent: string): string {
  const named = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1]
  const known = [named(browsers), named(systems)].filter((part) => part !== undefined)
  return known.length > 0 ? known.join(' on ') : userAgent.replace(/[^\w ./-]/g, '').slice(0, 40)
}

/** The beginning of an address: tells a home from a hotel, and no more. */
export function shortAddress(address: string): string {
  const plain = address.replace(/^::ffff:/, '')
  if (/^\d+(\.\d+){3}$/.test(plain)) return `${plain.split('.').slice(0, 3).join('.')}.x`
  return plain.includes(':') ? `${plain.split(':').slice(0, 3).join(':')}:…` : plain
}

/** What tries are counted by: one line of a provider has a whole /64 to choose from. */
export function countedAddress(address: string): string {
  const plain = address.replace(/^::ffff:/, '')
  return plain.includes(':') ? plain.split(':').slice(0, 4).join(':') : plain
}

/**
 * Whether many people may share it: an address of this machine or of a local network is most likely a proxy that we were not
 * told of (TRUSTED_PROXIES), and a limit on it would lock everybody out at once.
 */
export function isShared(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '').toLowerCase()
  return (
    plain === '' ||
    plain === '::1' ||
    /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
      plain,
    ) ||
    /^f[cde]/.test(plain)
  )
}
