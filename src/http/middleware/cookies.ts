import { parseCookie, stringifySetCookie } from 'cookie'
import type { Request, Response } from 'express'

/* The prefix makes browsers refuse such a cookie from another subdomain or without TLS; it needs https. */
const secureName = '__Host-creditdesk_login'
const plainName = 'creditdesk_login'

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}

/** The agent's login token, or undefined. */
export function readLoginCookie(publicUrl: string, req: Request): string | undefined {
  const header = req.headers.cookie
  if (!header) return undefined
  return parseCookie(header)[isSecure(publicUrl) ? secureName : plainName] || undefined
}

export function setLoginCookie(publicUrl: string, res: Response, token: string, expiresAt: Date): void {
  res.append('Set-Cookie', loginCookie(publicUrl, token, expiresAt))
}

export function clearLoginCookie(publicUrl: string, res: Response): void {
  res.append('Set-Cookie', loginCookie(publicUrl, '', new Date(0)))
}

function loginCookie(publicUrl: string, value: string, expires: Date): string {
  const secure = isSecure(publicUrl)
  // Lax and not strict: a link to a ticket in a mail must find the agent signed in.
  return stringifySetCookie({
    name: secure ? secureName : plainName,
    value,
    expires,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    path: '/',
  })
}
