import type { ReceivedRequest } from '../http-server.ts'
import { ApprovalRefused, approve, type Door, deny, readPage } from './connect.ts'
import type { Reply } from './reply.ts'

/** Who signs in at the shop. */
export const merchant = { name: 'merchant', password: 'correct horse' }

const cookie = 'wordpress_logged_in_fake=merchant'
const base = '/wc-auth/v1'

/**
 * The pages that a merchant's browser sees (rest-11, and WooCommerce's templates auth/form-login and auth/form-grant-access): sign in,
 * approve or deny, and an error page in place of the way back. `path` is below the shop's home. Undefined when it is none of them.
 */
export async function answerAuthPage(
  door: Door,
  path: string,
  request: ReceivedRequest,
): Promise<Reply | undefined> {
  const [name, search] = [path.split('?')[0], path.includes('?') ? path.slice(path.indexOf('?')) : '']
  const authorize = `${door.home()}${base}/authorize${search}`
  const isIn = request.headers.cookie?.includes(cookie) ?? false
  try {
    if (name === `${base}/authorize`) {
      readPage(door, authorize)
      return isIn ? grantPage(door, authorize, search) : redirect(`${door.home()}${base}/login/${search}`)
    }
    if (name === `${base}/login/`) {
      return request.method === 'POST'
        ? signIn(request, authorize)
        : loginPage(readPage(door, authorize).appName)
    }
    if (name === `${base}/access_granted/`) {
      if (!isIn) return redirect(`${door.home()}${base}/login/${search}`)
      return redirect((await approve(door, authorize)).returnUrl)
    }
  } catch (error) {
    if (error instanceof ApprovalRefused)
      return page(401, 'Access denied', `<p>${escaped(error.message)}</p>`)
    throw error
  }
  return undefined
}

function signIn(request: ReceivedRequest, authorize: string): Reply {
  const typed = new URLSearchParams(request.body)
  if (typed.get('username') !== merchant.name || typed.get('password') !== merchant.password) {
    return loginPage('this app', '<p role="alert">Error: The username or password is wrong.</p>')
  }
  return redirect(authorize, { 'set-cookie': `${cookie}; Path=/; HttpOnly; SameSite=Lax` })
}

function loginPage(appName: string, error = ''): Reply {
  return page(
    200,
    `${escaped(appName)} would like to connect to your store`,
    `${error}<p>To connect to ${escaped(appName)} you need to be logged in. Log in to your store below.</p>
    <form method="post" class="wc-auth-login">
      <p><label for="username">Username or email address</label> <input id="username" name="username" type="text" required></p>
      <p><label for="password">Password</label> <input id="password" name="password" type="password" required></p>
      <p class="wc-auth-actions"><button type="submit" name="login" value="Login">Log in</button></p>
    </form>`,
  )
}

function grantPage(door: Door, authorize: string, search: string): Reply {
  const { appName } = readPage(door, authorize)
  return page(
    200,
    `${escaped(appName)} would like to connect to your store`,
    `<p>This will give "${escaped(appName)}" <strong>Read/Write</strong> access which will allow it to:</p>
    <ul class="wc-auth-permissions">
      <li>Create webhooks</li><li>View and manage coupons</li><li>View and manage customers</li>
      <li>View and manage orders and sales reports</li><li>View and manage products</li>
    </ul>
    <p>Logged in as ${merchant.name}</p>
    <p class="wc-auth-actions">
      <a href="${escaped(`${door.home()}${base}/access_granted/${search}`)}" class="button wc-auth-approve">Approve</a>
      <a href="${escaped(deny(door, authorize).returnUrl)}" class="button wc-auth-deny">Deny</a>
    </p>`,
  )
}

function redirect(location: string, headers: Record<string, string> = {}): Reply {
  return {
    status: 302,
    body: '',
    headers: { location, 'content-type': 'text/html; charset=UTF-8', ...headers },
  }
}

function page(status: number, title: string, content: string): Reply {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title></head><body class="wc-auth"><h1>${title}</h1>${content}</body></html>`
  return { status, body, headers: { 'content-type': 'text/html; charset=UTF-8' } }
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
