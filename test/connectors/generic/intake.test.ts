import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { intake } from '../../../connectors/generic/intake.ts'

const secret = 'a long secret'
const body = Buffer.from('{"event":"order","order":{"name":"Škofja Loka"}}')
const sign = (t: string, bytes: Buffer = body, key = secret) =>
  createHmac('sha256', key).update(`${t}.`).update(bytes).digest('hex')
const isSigned = (signature: string | string[] | undefined, bytes = body) =>
  intake.isSigned({ headers: { 'x-creditdesk-signature': signature }, body: bytes }, secret)

describe('the signature', () => {
  it('holds over the time and the very bytes of the body', () => {
    expect(isSigned(`t=1772361002,v1=${sign('1772361002')}`)).toBe(true)
    expect(isSigned(`t=1772361002, v1=${sign('1772361002').toUpperCase()}`)).toBe(true)
    // A post that comes late is as good as a fresh one.
    expect(isSigned(`t=1,v1=${sign('1')}`)).toBe(true)
  })

  it.each([
    ['another time', `t=1772361003,v1=${sign('1772361002')}`],
    ['another secret', `t=1,v1=${sign('1', body, 'another')}`],
    ['the body alone', `t=1,v1=${createHmac('sha256', secret).update(body).digest('hex')}`],
    ['no time', `v1=${sign('')}`],
    ['no signature', 't=1'],
    ['half a signature', `t=1,v1=${sign('1').slice(0, 32)}`],
    ['another scheme', `t=1,v0=${sign('1')}`],
    ['a time that is none', `t=now,v1=${sign('now')}`],
    ['nothing', ''],
    ['a list', ['t=1', `v1=${sign('1')}`]],
    ['no header', undefined],
  ])('does not hold with %s', (_what, header) => {
    expect(isSigned(header)).toBe(false)
  })

  it('does not hold when one byte of the body is another', () => {
    const other = Buffer.from(body)
    other[5] = 0x65 ^ 1
    expect(isSigned(`t=1,v1=${sign('1')}`, other)).toBe(false)
  })

  it('may be given with the old and the new secret, so that a sender can change it', () => {
    const old = sign('1', body, 'the old secret')
    expect(isSigned(`t=1,v1=${old},v1=${sign('1')}`)).toBe(true)
    expect(isSigned(`t=1,${`v1=${old},`.repeat(4)}v1=${sign('1')}`)).toBe(false)
  })
})

describe('what is kept of a post', () => {
  it('leaves the signature, cookies and keys behind', () => {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'shop/1',
      authorization: 'Bearer x',
      cookie: 'a=b',
      'x-creditdesk-signature': `t=1,v1=${sign('1')}`,
    }
    expect(intake.headersToKeep({ headers, body })).toEqual({
      'content-type': 'application/json',
      'user-agent': 'shop/1',
    })
  })

  it.each([
    ['{"event":"order"}', 'order'],
    ['{"event":"order.deleted","order":{"id":1}}', 'order.deleted'],
    ['{"event":"coupon"}', ''],
    ['{"event":5}', ''],
    ['null', ''],
    ['{', ''],
  ])('%s is about "%s"', (text, topic) => {
    expect(intake.topicOf({ headers: {}, body: Buffer.from(text) })).toBe(topic)
  })
})
