import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type FakeServer, type ReceivedRequest, sendJson, startServer } from './http-server.ts'
import { listPage, newMessage, restException, rfc2822, type TwilioMessage } from './twilio-wire.ts'

/**
 * How Twilio misbehaves: never answers, drops before it reads or after it accepted, fails (with or without having
 * accepted), asks to slow down, or refuses with one of its codes.
 */
export type TwilioTrouble =
  | { kind: 'hang' | 'drop' | 'acceptThenDrop' | 'error500' | 'error429' | 'drip' | 'page' }
  | { kind: 'refuse'; code: number; message: string; status?: number }

export interface FakeTwilio extends FakeServer {
  messages: TwilioMessage[]
  requests: ReceivedRequest[]
  /** The JSON bodies that were answered, for the check against the vendor's contract. */
  responses: { request: ReceivedRequest; status: number; body: unknown }[]
  misbehave(trouble: TwilioTrouble, times?: number): void
  behave(): void
  /** Moves a text on and sends the signed report to its StatusCallback; the answer's status. */
  report(sid: string, status: string, errorCode?: number): Promise<number>
  /** Sends a signed incoming text to this public address; the answer's status. */
  textUs(publicUrl: string, text: { from: string; to: string; body: string }): Promise<number>
  /** The form and the header of a callback, for a test without a server. */
  sign(publicUrl: string, form: Record<string, string>): { headers: Record<string, string>; body: string }
}

export interface FakeTwilioOptions {
  accountSid?: string
  authToken?: string
  port?: number
  /** Where a public address really is: a signature is made for the one, the request goes to the other. */
  reach?: (publicUrl: string) => string
}

export const fakeTwilioAccount = {
  accountSid: 'AC0123456789abcdef0123456789abcdef',
  authToken: 'fedcba9876543210fedcba9876543210',
}

/** Twilio's Messages API on 127.0.0.1, stateful, for the vendor's SDK. */
export async function startFakeTwilio(options: FakeTwilioOptions = {}): Promise<FakeTwilio> {
  const account = { ...fakeTwilioAccount, ...options }
  const reach = options.reach ?? ((url: string) => url)
  const callbacks = new Map<string, string>()
  let trouble: { kind: TwilioTrouble; left: number } | undefined

  const sign: FakeTwilio['sign'] = (publicUrl, form) => {
    const signed = Object.keys(form)
      .sort()
      .reduce((text, name) => `${text}${name}${form[name]}`, publicUrl)
    return {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': createHmac('sha1', account.authToken).update(signed).digest('base64'),
      },
      body: new URLSearchParams(form).toString(),
    }
  }

  async function post(publicUrl: string, form: Record<string, string>): Promise<number> {
    const response = await fetch(reach(publicUrl), { method: 'POST', ...sign(publicUrl, form) })
    await response.arrayBuffer()
    return response.status
  }

  const fake: Omit<FakeTwilio, keyof FakeServer> = {
    messages: [],
    requests: [],
    responses: [],
    misbehave(kind, times = Number.POSITIVE_INFINITY) {
      trouble = { kind, left: times }
    },
    behave() {
      trouble = undefined
    },
    sign,
    async report(sid, status, errorCode) {
      const message = fake.messages.find((candidate) => candidate.sid === sid)
      const url = callbacks.get(sid)
      if (!message || !url) throw new Error(`no text ${sid} with a StatusCallback`)
      Object.assign(message, { status, error_code: errorCode ?? null, date_updated: rfc2822(new Date()) })
      return await post(url, {
        MessageSid: sid,
        SmsSid: sid,
        AccountSid: account.accountSid,
        MessageStatus: status,
        SmsStatus: status,
        To: message.to,
        From: message.from ?? '',
        ApiVersion: '2010-04-01',
        ...(errorCode !== undefined && { ErrorCode: String(errorCode) }),
      })
    },
    async textUs(publicUrl, text) {
      const message = newMessage(account.accountSid, { To: text.to, From: text.from, Body: text.body })
      fake.messages.unshift({ ...message, direction: 'inbound', status: 'received' })
      return await post(publicUrl, {
        MessageSid: message.sid,
        SmsSid: message.sid,
        AccountSid: account.accountSid,
        From: text.from,
        To: text.to,
        Body: text.body,
        NumMedia: '0',
        NumSegments: '1',
        SmsStatus: 'received',
        ApiVersion: '2010-04-01',
      })
    },
  }

  const authorization = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}`
  const server = await startServer(options.port ?? 0, (request, response) => {
    fake.requests.push(request)
    const reply = (status: number, body: unknown) => {
      fake.responses.push({ request, status, body })
      sendJson(response, status, body)
    }
    const accept = () => acceptText(fake, callbacks, account.accountSid, request)
    if (trouble && trouble.left > 0) {
      trouble.left -= 1
      play(trouble.kind, accept, reply, response)
    } else if (request.headers.authorization !== authorization) {
      reply(401, restException(20003, 'Authenticate', 401))
    } else {
      const { status, body } = route(fake, account.accountSid, request, accept)
      reply(status, body)
    }
  })
  return Object.assign(fake, server)
}

function route(
  fake: Pick<FakeTwilio, 'messages'>,
  accountSid: string,
  request: ReceivedRequest,
  accept: () => { status: number; body: unknown },
): { status: number; body: unknown } {
  const url = new URL(request.url, 'http://127.0.0.1')
  const base = `/2010-04-01/Accounts/${accountSid}/Messages`
  if (request.method === 'POST' && url.pathname === `${base}.json`) return accept()
  if (request.method === 'GET' && url.pathname === `${base}.json`) {
    return { status: 200, body: listPage(fake.messages, url) }
  }
  const sid = url.pathname.slice(base.length + 1).replace(/\.json$/, '')
  const message = fake.messages.find((candidate) => candidate.sid === sid)
  if (request.method === 'GET' && message) return { status: 200, body: message }
  const notFound = `The requested resource ${url.pathname} was not found`
  return { status: 404, body: restException(20404, notFound, 404) }
}

function acceptText(
  fake: Pick<FakeTwilio, 'messages'>,
  callbacks: Map<string, string>,
  accountSid: string,
  request: ReceivedRequest,
): { status: number; body: unknown } {
  const form = Object.fromEntries(new URLSearchParams(request.body))
  if (!/^\+[1-9]\d{6,14}$/.test(form.To ?? '')) {
    const message = `The 'To' number ${form.To ?? ''} is not a valid phone number.`
    return { status: 400, body: restException(21211, message, 400) }
  }
  if (!form.Body) return { status: 400, body: restException(21602, 'Message body is required.', 400) }
  if (!form.From && !form.MessagingServiceSid) {
    const message = "A 'From' phone number is required."
    return { status: 400, body: restException(21603, message, 400) }
  }
  const message = newMessage(accountSid, form)
  fake.messages.unshift(message)
  if (form.StatusCallback) callbacks.set(message.sid, form.StatusCallback)
  return { status: 201, body: message }
}

function play(
  trouble: TwilioTrouble,
  accept: () => unknown,
  reply: (status: number, body: unknown) => void,
  response: ServerResponse,
): void {
  switch (trouble.kind) {
    case 'hang':
      break
    case 'drop':
      response.destroy()
      break
    case 'acceptThenDrop':
      accept()
      response.destroy()
      break
    case 'error500':
      reply(500, restException(20500, 'An internal server error has occurred', 500))
      break
    case 'error429':
      reply(429, restException(20429, 'Too Many Requests', 429))
      break
    case 'refuse':
      reply(trouble.status ?? 400, restException(trouble.code, trouble.message, trouble.status ?? 400))
      break
    case 'page':
      response.writeHead(201, { 'content-type': 'text/html' })
      response.end('<html>hotel wifi</html>')
      break
    case 'drip': {
      response.writeHead(201, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    }
  }
}
