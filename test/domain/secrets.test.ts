import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fromBase32, toBase32 } from '../../src/domain/secrets/base32.ts'
import { makeKeyring } from '../../src/domain/secrets/keyring.ts'
import {
  portalToken,
  readPortalToken,
  readReplyToken,
  readRoomToken,
  replyToken,
  roomToken,
} from '../../src/domain/secrets/links.ts'
import { isSealedByOldKey, open, seal } from '../../src/domain/secrets/seal.ts'
import { hashToken, macToken, newToken, verifyMac } from '../../src/domain/secrets/token.ts'

const first = Buffer.alloc(32, 1)
const second = Buffer.alloc(32, 2)
const ring = makeKeyring(first)
const rotated = makeKeyring(second, [first])
const stranger = makeKeyring(Buffer.alloc(32, 3))
const id64 = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })

describe('sealed secrets', () => {
  it('opens what it sealed, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        expect(open(ring, seal(ring, text, context), context)).toBe(text)
      }),
    )
  })

  it('never seals the same text twice alike', () => {
    expect(seal(ring, 'cs_secret', 'shop 1').equals(seal(ring, 'cs_secret', 'shop 1'))).toBe(false)
  })

  it('refuses another context, another key and every changed byte', () => {
    const sealed = seal(ring, 'cs_secret', 'shop 1')
    expect(() => open(ring, sealed, 'shop 2')).toThrow('cannot be opened')
    expect(() => open(stranger, sealed, 'shop 1')).toThrow('cannot be opened')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => open(ring, changed, 'shop 1')).toThrow('cannot be opened')
    }
    expect(() => open(ring, Buffer.alloc(0), 'shop 1')).toThrow('cannot be opened')
  })

  it('opens with a former key, and says that the value should be sealed again', () => {
    const old = seal(ring, 'cs_secret', 'shop 1')
    expect(open(rotated, old, 'shop 1')).toBe('cs_secret')
    expect(isSealedByOldKey(rotated, old)).toBe(true)
    const fresh = seal(rotated, 'cs_secret', 'shop 1')
    expect(isSealedByOldKey(rotated, fresh)).toBe(false)
    expect(() => open(ring, fresh, 'shop 1')).toThrow('cannot be opened')
  })

  it('opens with either of two keys whose ids are the same byte', () => {
    const wanted = ring.keys[0].id
    const twin = Array.from({ length: 5000 }, (_, n) => {
      const key = Buffer.alloc(32)
      key.writeUInt32BE(n + 10)
      return key
    }).find((key) => makeKeyring(key).keys[0].id === wanted)
    expect(twin).toBeDefined()
    const both = makeKeyring(twin ?? second, [first])
    expect(open(both, seal(ring, 'a', 'x'), 'x')).toBe('a')
    expect(open(both, seal(both, 'b', 'x'), 'x')).toBe('b')
  })

  it('takes only keys of 32 bytes', () => {
    expect(() => makeKeyring(Buffer.alloc(16))).toThrow(RangeError)
    expect(() => makeKeyring(first, [Buffer.alloc(31)])).toThrow(RangeError)
  })

  it('derives a different key for each use', () => {
    expect(ring.keys[0].derive('seal').equals(ring.keys[0].derive('mac/portal'))).toBe(false)
    expect(ring.keys[0].derive('seal').equals(first)).toBe(false)
  })
})

describe('tokens', () => {
  it('are random, fit for a URL, and kept as a hash of 32 bytes', () => {
    const token = newToken()
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(newToken()).not.toBe(token)
    expect(newToken(16)).toHaveLength(22)
    expect(hashToken(token)).toHaveLength(32)
    expect(hashToken('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('verify for their own purpose and parts only', () => {
    const token = macToken(ring, 'unsubscribe', ['ab', 'c'])
    expect(token).toMatch(/^[a-z2-7]{24}$/)
    expect(verifyMac(ring, 'unsubscribe', ['ab', 'c'], token)).toBe(true)
    expect(verifyMac(rotated, 'unsubscribe', ['ab', 'c'], token)).toBe(true)
    expect(verifyMac(ring, 'unsubscribe', ['a', 'bc'], token)).toBe(false)
    expect(verifyMac(ring, 'unsubscribe', ['ab', 'c', ''], token)).toBe(false)
    expect(verifyMac(ring, 'other', ['ab', 'c'], token)).toBe(false)
    expect(verifyMac(stranger, 'unsubscribe', ['ab', 'c'], token)).toBe(false)
    expect(verifyMac(ring, 'unsubscribe', ['ab', 'c'], token.slice(0, -2))).toBe(false)
    expect(verifyMac(ring, 'unsubscribe', ['ab', 'c'], '')).toBe(false)
  })
})

describe('base32', () => {
  it('spells RFC 4648 in lower case', () => {
    expect(toBase32(Buffer.from('foobar'))).toBe('mzxw6ytboi')
    expect(fromBase32('MZXW6YTBOI')?.toString()).toBe('foobar')
  })

  it('gives the same bytes back, and nothing for what it never wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(fromBase32(toBase32(bytes))?.equals(bytes)).toBe(true)
      }),
    )
    expect(fromBase32('a')).toBeUndefined()
    expect(fromBase32('mzxw6yt1')).toBeUndefined()
    expect(fromBase32('ab')).toBeUndefined()
  })
})

describe('links', () => {
  it('bring back what they were made of, also after the key was changed', () => {
    fc.assert(
      fc.property(id64, id64, id64, fc.nat(), (shopId, customerId, ticketId, version) => {
        const link = { shopId, customerId, ticketId, version }
        expect(readPortalToken(rotated, portalToken(ring, link))).toEqual(link)
        const room = { side: 'agent' as const, shopId, sessionId: ticketId }
        expect(readRoomToken(rotated, roomToken(ring, room))).toEqual(room)
        const address = { shopId, ticketId }
        expect(readReplyToken(rotated, replyToken(ring, address).toUpperCase())).toEqual(address)
      }),
    )
  })

  it('keep reply addresses within the 64 characters of a local part', () => {
    const most = 2n ** 63n - 1n
    expect(`reply+${replyToken(ring, { shopId: most, ticketId: most })}`.length).toBeLessThanOrEqual(64)
    expect(replyToken(ring, { shopId: 1n, ticketId: 1042n })).toMatch(/^[a-z2-7]+$/)
  })

  it('tell the sides of a room apart', () => {
    const agent = roomToken(ring, { side: 'agent', shopId: 1n, sessionId: 7n })
    const customer = roomToken(ring, { side: 'customer', shopId: 1n, sessionId: 7n })
    expect(agent).not.toBe(customer)
    expect(readRoomToken(ring, customer)?.side).toBe('customer')
  })

  it('are refused when a character was changed, cut, added or borrowed from another kind', () => {
    const token = portalToken(ring, { shopId: 1n, customerId: 2n, ticketId: 3n, version: 1 })
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'b' ? 'c' : 'b') + token.slice(at + 1)
      expect(readPortalToken(ring, changed)).toBeUndefined()
    }
    expect(readPortalToken(ring, token.slice(0, -1))).toBeUndefined()
    expect(readPortalToken(ring, `${token}aa`)).toBeUndefined()
    expect(readPortalToken(ring, '')).toBeUndefined()
    expect(readPortalToken(ring, 'a'.repeat(10_000))).toBeUndefined()
    expect(readPortalToken(stranger, token)).toBeUndefined()
    expect(readRoomToken(ring, token)).toBeUndefined()
    expect(readReplyToken(ring, token)).toBeUndefined()
  })

  it('are not made for negative ids', () => {
    expect(() => replyToken(ring, { shopId: -1n, ticketId: 1n })).toThrow(RangeError)
  })
})
