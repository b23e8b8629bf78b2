import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import express from 'express'
import request from 'supertest'
import { makeKeyring } from '../../../src/domain/secrets/keyring.ts'
import { HttpRefused } from '../../../src/http/http-refusal.ts'
import { requireCsrf } from '../../../src/http/middleware/csrf.ts'
import { csrfTokenFor } from '../../../src/http/middleware/csrf-token.ts'

const secret = randomBytes(32)
const keyring = makeKeyring(secret)
const login = '1.login-of-ana'
const token = csrfTokenFor(keyring, login)

function app(loginToken: string | undefined) {
  const server = express()
  const check = requireCsrf({ keyring, publicUrl: 'https://desk.example' }, () => loginToken)
  server.post('/', express.urlencoded({ extended: false }), express.json(), check, (_req, res) => {
    res.status(204).end()
  })
  server.use((error: unknown, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
    res.status(error instanceof HttpRefused && error.refusal.code === 'form_expired' ? 403 : 500).end()
  })
  return server
}

const post = (
  headers: Record<string, string>,
  csrf: string | undefined = token,
  by: string | undefined = login,
) =>
  request(app(by))
    .post('/')
    .type('form')
    .set(headers)
    .send(csrf === undefined ? {} : { csrf })

describe('requireCsrf', () => {
  it('lets our own forms pass: same Origin, same host, same-origin fetch, or an old browser', async () => {
    await post({ Origin: 'https://desk.example' }).expect(204)
    await post({ Origin: 'http://127.0.0.1:3000', Host: '127.0.0.1:3000' }).expect(204)
    await post({ 'Sec-Fetch-Site': 'same-origin' }).expect(204)
    await post({}).expect(204)
  })

  it('takes the token from a header for scripts', async () => {
    await request(app(login)).post('/').set('X-CSRF-Token', token).send({ channel: 'sms' }).expect(204)
  })

  it('refuses another site even with the token', async () => {
    await post({ Origin: 'https://evil.example' }).expect(403)
    await post({ Origin: 'https://desk.example.evil.example' }).expect(403)
    await post({ Origin: 'null' }).expect(403)
    await post({ 'Sec-Fetch-Site': 'cross-site' }).expect(403)
    await post({ 'Sec-Fetch-Site': 'same-site' }).expect(403)
  })

  it('refuses a missing, foreign or garbled token, and a reader who is not signed in', async () => {
    await post({}, '').expect(403)
    await post({}, csrfTokenFor(keyring, '1.login-of-bob')).expect(403)
    await post({}, `${token}a`).expect(403)
    await request(app(login)).post('/').type('form').send('').expect(403)
    await request(app(login)).post('/').type('form').send(`csrf=${token}&csrf=${token}`).expect(403)
    await request(app(undefined)).post('/').type('form').send({ csrf: token }).expect(403)
  })

  it('reads differently in every page, no half of it is the secret, and each is taken', async () => {
    const tokens = Array.from({ length: 200 }, () => csrfTokenFor(keyring, login))
    for (const half of [(text: string) => text.slice(0, 24), (text: string) => text.slice(24)]) {
      expect(new Set(tokens.map(half)).size).toBe(200)
    }
    for (const other of tokens.slice(0, 3)) await post({}, other).expect(204)
    // One token's pad does not open another's mask.
    await post({}, `${tokens[0]?.slice(0, 24)}${tokens[1]?.slice(24)}`).expect(403)
    await post({}, `${token}${token}`).expect(403)
  })

  it('keeps taking tokens of a former key, so that a rotation loses nobody a draft', () => {
    const rotated = makeKeyring(randomBytes(32), [secret])
    expect(csrfTokenFor(rotated, login)).not.toBe(token)
    const check = requireCsrf({ keyring: rotated, publicUrl: 'https://desk.example' }, () => login)
    const server = express().post('/', express.urlencoded({ extended: false }), check, (_req, res) => {
      res.status(204).end()
    })
    return request(server).post('/').type('form').send({ csrf: token }).expect(204)
  })
})
