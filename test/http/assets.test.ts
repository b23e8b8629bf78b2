import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openTestApp, type TestApp } from './open-app.ts'

let test: TestApp

beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())

describe('styles and scripts', () => {
  const ask = (encoding: string) =>
    request(test.app).get(test.deps.assets.hrefs.css).set('Accept-Encoding', encoding)

  it('go out compressed as the browser can read it, and are kept for good', async () => {
    const plain = await ask('identity').expect(200)
    expect(plain.headers['content-encoding']).toBeUndefined()
    for (const encoding of ['gzip', 'br']) {
      const answer = await ask(encoding).expect(200).expect('Content-Encoding', encoding)
      expect(answer.text).toBe(plain.text)
      expect(Number(answer.headers['content-length'])).toBeLessThan(plain.text.length / 2)
      expect(answer.headers['cache-control']).toContain('immutable')
      expect(answer.headers.etag).not.toBe(plain.headers.etag)
    }
  })

  it('are not sent again to a browser that has them', async () => {
    const { etag = '' } = (await ask('br')).headers
    await ask('br').set('If-None-Match', etag).expect(304)
  })
})
