import { z } from 'zod'
import type { ShopAuthorisation } from '../../src/ports/shop.ts'
import { id } from './wire.ts'

const callbackContract = z.object({
  user_id: z.string().min(1),
  consumer_key: z.string().regex(/^ck_[0-9a-f]{40}$/i),
  consumer_secret: z.string().regex(/^cs_[0-9a-f]{40}$/i),
  key_permissions: z.enum(['read', 'write', 'read_write']),
  key_id: id.optional(),
})

/** WooCommerce's page /wc-auth/v1/authorize, which makes a key and posts it to us before it sends the browser back. */
export const authorisation: ShopAuthorisation = {
  pageUrl(shopUrl, request) {
    const query = new URLSearchParams({
      app_name: request.appName,
      scope: 'read_write',
      // The shop gives it back untouched; to WooCommerce it is the id of our user.
      user_id: request.state,
      return_url: request.returnUrl,
      callback_url: request.callbackUrl,
    })
    return `${shopUrl.replace(/\/+$/, '')}/wc-auth/v1/authorize?${query}`
  },

  readCallback(body) {
    const read = callbackContract.safeParse(parseJson(body)).data
    return (
      read && {
        state: read.user_id,
        consumerKey: read.consumer_key,
        consumerSecret: read.consumer_secret,
        mayWrite: read.key_permissions !== 'read',
      }
    )
  },
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
