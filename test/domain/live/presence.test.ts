import { describe, expect, it } from '@jest/globals'
import { inPieces, makePresence } from '../../../src/domain/live/presence.ts'
import { mostPlaces, type Place } from '../../../src/domain/live/signals.ts'

const maja = { shop: '1', ticket: '12', agent: '3', name: 'Maja' }
const luka = { shop: '1', ticket: '12', agent: '4', name: 'Luka' }
const lookingMaja: Place = { ...maja, writing: false }

describe('who is at a ticket', () => {
  it('is everybody but the reader, once, however many pages they have open', () => {
    const presence = makePresence()
    presence.enter(maja)
    presence.enter(maja)
    presence.enter(luka)
    expect(presence.of('1', '4', 0)).toEqual({ 12: [{ id: '3', name: 'Maja', writing: false }] })
    expect(presence.leave(maja)).toBe(false)
    expect(presence.of('1', '4', 0)).toHaveProperty('12')
    expect(presence.leave(maja)).toBe(true)
    expect(presence.of('1', '4', 0)).toEqual({})
  })

  it('is nobody of another shop', () => {
    const presence = makePresence()
    presence.enter(maja)
    expect(presence.of('2', '9', 0)).toEqual({})
  })

  it('writes for some seconds after the last key', () => {
    const presence = makePresence()
    presence.enter(maja)
    presence.write(maja, 0, true)
    expect(presence.of('1', '4', 7_000)[12]?.[0]?.writing).toBe(true)
    expect(presence.sweep(9_000)).toEqual(['1'])
    expect(presence.of('1', '4', 9_000)[12]?.[0]?.writing).toBe(false)
  })

  it('is also who is at other processes, until those fall silent', () => {
    const presence = makePresence()
    expect(presence.hear({ kind: 'here', from: 'b', places: [lookingMaja] }, 0)).toEqual(['1'])
    expect(presence.of('1', '4', 0)).toHaveProperty('12')
    presence.hear({ kind: 'here', from: 'b', places: [lookingMaja] }, 4_000)
    expect(presence.sweep(13_000)).toEqual([])
    expect(presence.sweep(14_001)).toEqual(['1'])
    expect(presence.of('1', '4', 14_001)).toEqual({})
  })

  it('goes when the other process says so, though this one still has a page of the same agent', () => {
    const presence = makePresence()
    presence.enter(maja)
    presence.hear({ kind: 'here', from: 'b', places: [{ ...lookingMaja, ticket: '13' }] }, 0)
    presence.hear({ kind: 'gone', from: 'b', places: [{ ...lookingMaja, ticket: '13' }] }, 1)
    expect(Object.keys(presence.of('1', '4', 1))).toEqual(['12'])
  })
})

it('fits into NOTIFYs, with the longest names', () => {
  const places = Array.from({ length: 60 }, (_, n) => ({
    shop: '9'.repeat(6),
    ticket: '9'.repeat(12),
    agent: String(n),
    name: '漢'.repeat(60),
    writing: false,
  }))
  const pieces = inPieces(places)
  expect(pieces.flat()).toEqual(places)
  expect(pieces).toHaveLength(Math.ceil(60 / mostPlaces))
  for (const piece of pieces) {
    const bytes = Buffer.byteLength(JSON.stringify({ kind: 'here', from: '12345678', places: piece }))
    expect(bytes).toBeLessThan(8_000)
  }
})
