import helmet from 'helmet'

/**
 * Headers of every page and API answer. Scripts and styles come from us alone and never inline, so text that a customer wrote
 * cannot run even where escaping would fail.
 */
export function makeSecurityHeaders(publicUrl: string) {
  const { host, protocol } = new URL(publicUrl)
  const secure = protocol === 'https:'
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        // Some browsers do not count a WebSocket of the same host as 'self'.
        connectSrc: ["'self'", `${secure ? 'wss' : 'ws'}://${host}`],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        frameSrc: ["'self'"],
        baseUri: ["'none'"],
      },
    },
    // With "no-referrer" browsers send "Origin: null" on our own forms, and the check against forged forms would refuse them.
    referrerPolicy: { policy: 'same-origin' },
    // On plain http the header means nothing, and on a developer's localhost it would lock other programs out.
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  })
}
