import { makeKey, type ShopKey } from './keys.ts'
import { post } from './send.ts'

/** What the merchant's browser ends with: the address that it is sent back to. */
export interface Approval {
  returnUrl: string
  /** The key that was made; undefined when access was denied. */
  key: ShopKey | undefined
}

/** Thrown when the shop's page shows an error instead of sending the browser back. */
export class ApprovalRefused extends Error {}

export interface Door {
  home(): string
  keys: ShopKey[]
  reach(url: string): string
}

/**
 * The page /wc-auth/v1/authorize with a merchant who signs in and approves (rest-11): a key is made and posted to
 * `callback_url`, and only after exactly 200 the browser goes back.
 */
export async function approve(door: Door, pageUrl: string): Promise<Approval> {
  const asked = readPage(door, pageUrl)
  const key = makeKey({ permissions: asked.scope })
  door.keys.push(key)
  const body = JSON.stringify({
    key_id: door.keys.length,
    user_id: asked.userId,
    consumer_key: key.consumerKey,
    consumer_secret: key.consumerSecret,
    key_permissions: key.permissions,
  })
  const headers = {
    'User-Agent': `WordPress/6.9.7; ${door.home()}`,
    Accept: '*/*',
    'Content-Type': 'application/json;charset=UTF-8',
  }
  const answer = await post(door.reach(asked.callbackUrl), headers, body, 60_000)
  if (answer?.status !== 200) {
    door.keys.splice(door.keys.indexOf(key), 1)
    throw new ApprovalRefused(
      'Error: An error occurred in the request and at the time were unable to send the consumer data',
    )
  }
  return { returnUrl: backTo(asked, '1'), key }
}

/** The merchant denies access: no key is made, and the browser goes back with success=0. */
export function deny(door: Door, pageUrl: string): Approval {
  return { returnUrl: backTo(readPage(door, pageUrl), '0'), key: undefined }
}

interface Asked {
  appName: string
  scope: ShopKey['permissions']
  userId: string
  returnUrl: string
  callbackUrl: string
}

export function readPage(door: Door, pageUrl: string): Asked {
  const url = new URL(pageUrl)
  if (`${url.origin}${url.pathname}` !== `${door.home()}/wc-auth/v1/authorize`) {
    throw new ApprovalRefused(`the fake shop has no page ${url.origin}${url.pathname}`)
  }
  const param = (name: string): string => {
    const value = url.searchParams.get(name)
    if (!value) throw new ApprovalRefused(`Missing parameter ${name}`)
    return value
  }
  const appName = param('app_name')
  const [scope, userId] = [param('scope'), param('user_id')]
  const [returnUrl, callbackUrl] = [param('return_url'), param('callback_url')]
  if (scope !== 'read' && scope !== 'write' && scope !== 'read_write') {
    throw new ApprovalRefused(`Invalid scope ${scope}`)
  }
  if (!callbackUrl.startsWith('https://')) {
    throw new ApprovalRefused('The callback_url needs to be over SSL')
  }
  return { appName, scope, userId, returnUrl, callbackUrl }
}

function backTo(asked: Asked, success: '0' | '1'): string {
  const url = new URL(asked.returnUrl)
  url.searchParams.set('success', success)
  url.searchParams.set('user_id', asked.userId)
  return url.href
}
