import type { Express } from 'express'
import request, { type Response } from 'supertest'
import { addAgent, type Role } from '../../src/domain/agents/add-agent.ts'
import type { HttpDeps } from '../../src/http/http-deps.ts'

/** A browser as far as the pages need one: keeps the login, reads pages, sends their forms with what stands in them. */
export function visitor(app: Express, cookie?: string) {
  const asBrowser = (test: request.Test) => {
    test.set('Accept', 'text/html').set('Sec-Fetch-Site', 'same-origin')
    return cookie === undefined ? test : test.set('Cookie', cookie)
  }
  return {
    cookie,
    get: (path: string) => asBrowser(request(app).get(path)),
    /** Sends a form with exactly these fields. */
    post: (path: string, fields: Record<string, string>) =>
      asBrowser(request(app).post(path)).type('form').send(fields),
    postJson: (path: string, body: object, csrf: string) =>
      asBrowser(request(app).post(path))
        .set('Accept', 'application/json')
        .set('X-CSRF-Token', csrf)
        .send(body),
    /** Sends a form with a file, or with none chosen, as browsers send one that may carry files. */
    postFile(path: string, fields: Record<string, string>, file: Buffer | string = '') {
      const sent = asBrowser(request(app).post(path))
      for (const [name, value] of Object.entries(fields)) sent.field(name, value.replace(/\n/g, '\r\n'))
      const name = file.length === 0 ? '' : 'balances.csv'
      return sent.attach('file', Buffer.from(file), { filename: name, contentType: 'text/csv' })
    },
    /** Sends the form of a page that posts to `path`, with its hidden fields and these. */
    submit(page: Response, path: string, fields: Record<string, string>) {
      return this.post(path, { ...hiddenFields(page.text, path), ...fields })
    },
  }
}

export type Visitor = ReturnType<typeof visitor>

/** The hidden fields of the form that posts to `action`. */
export function hiddenFields(html: string, action: string): Record<string, string> {
  const form = [...html.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].find((match) =>
    unescapeHtml(match[0]).includes(`action="${action}"`),
  )?.[0]
  if (form === undefined) throw new Error(`no form posts to ${action}`)
  // A value may hold ">", which needs no escape there.
  const inputs = [...form.matchAll(/<input(?:"[^"]*"|[^">])*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => tag.includes(' type="hidden"'))
  return Object.fromEntries(inputs.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')]))
}

function attribute(tag: string, name: string): string {
  return unescapeHtml(new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** The text that a person reads, on one line, without the marks that isolate names. */
export function readText(page: Response): string {
  const visible = page.text.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ')
  return unescapeHtml(visible)
    .replace(/[\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')
}

/** An agent of the shop, signed in by the link. */
export async function signInAs(
  app: Express,
  deps: HttpDeps,
  shopId: bigint,
  role: Role = 'supervisor',
): Promise<Visitor & { agentId: string; loginPath: string }> {
  const { id, loginUrl } = await addAgent(deps, {
    shopId,
    email: `${role}@shop.example`,
    name: `Maja ${role}`,
    role,
  })
  const loginPath = new URL(loginUrl).pathname
  const answer = await request(app).get(loginPath).expect(303)
  const cookie = String(answer.get('Set-Cookie')?.[0]).split(';')[0] ?? ''
  return { ...visitor(app, cookie), agentId: id, loginPath }
}
