import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { sendJson } from '../http-server.ts'
import { noRoute, restError } from './reply.ts'

/**
 * How the shop misbehaves: never answers, fails, asks to slow down (busy: for a minute; briefly: for a second;
 * dated: until a moment ago), drops the
 * connection, sends a byte now and then, promises more bytes than it sends, sends a page instead of JSON, a body far too
 * large (bomb: packed into a small one), sends on to another address, forbids, asks for a login of its web server (wall),
 * forgets the keys, has lost the order, or has no REST API. flood: sends a body that never ends, as fast as it is read. stuck: promises more bytes than it sends, and
 * keeps the connection. excess: sends more bytes than it promised. lostAnswer: does what it is asked for, and then drops the connection.
 */
export type ShopTrouble = keyof typeof troubles | 'lostAnswer'

export const troubles = {
  hang: () => undefined,
  drop: (response) => {
    response.destroy()
  },
  error500: (response) =>
    sendRefusal(
      response,
      restError('internal_server_error', 'There has been a critical error on this website.', 500),
    ),
  error503: (response) => sendHtml(response, 503, '<html><body>Service Unavailable</body></html>'),
  error401: (response) =>
    sendRefusal(
      response,
      restError('woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.', 401),
    ),
  wall: (response) => {
    response.setHeader('www-authenticate', 'Basic realm="Staging"')
    sendHtml(response, 401, '<html><body>Authorization Required</body></html>')
  },
  error403: (response) => sendHtml(response, 403, '<html><body>Forbidden by the firewall</body></html>'),
  busy: (response) =>
    sendJson(response, 429, { code: 'too_many_requests', message: 'Wait.' }, { 'retry-after': '60' }),
  briefly: (response) =>
    sendJson(response, 429, { code: 'too_many_requests', message: 'Wait.' }, { 'retry-after': '1' }),
  dated: (response) =>
    sendJson(
      response,
      429,
      { code: 'too_many_requests', message: 'Wait.' },
      { 'retry-after': new Date().toUTCString() },
    ),
  error429: (response) => sendRefusal(response, restError('too_many_requests', 'Slow down.', 429)),
  noRoute: (response) => sendRefusal(response, noRoute),
  plain404: (response) => sendHtml(response, 404, '<html><body>Not Found</body></html>'),
  html: (response) =>
    sendHtml(response, 200, '<html><body>Briefly unavailable for scheduled maintenance.</body></html>'),
  huge: (response) => sendJson(response, 200, { id: 1, filler: 'x'.repeat(8_000_000) }),
  bomb: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    response.end(gzipSync(JSON.stringify({ filler: 'x'.repeat(50_000_000) })))
  },
  gone: (response) =>
    sendRefusal(response, restError('woocommerce_rest_shop_order_invalid_id', 'Invalid ID.', 404)),
  redirect: (response) => {
    response.writeHead(301, { location: `https://www.shop.example${response.req.url}` })
    response.end()
  },
  short: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
    response.write('{"id":1')
    setTimeout(() => response.destroy(), 20)
  },
  drip: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  },
  stuck: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
    response.write('{"id":1')
  },
  excess: (response) => {
    const body = JSON.stringify({ id: 1, filler: 'x'.repeat(5_000) })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.end(body)
  },
  flood: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const chunk = ' '.repeat(65_536)
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', pour)
    pour()
  },
} satisfies Record<string, (response: ServerResponse) => void>

function sendRefusal(response: ServerResponse, refusal: { status: number; body: object }): void {
  sendJson(response, refusal.status, refusal.body)
}

function sendHtml(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=UTF-8' })
  response.end(page)
}
