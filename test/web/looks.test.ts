import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { makeLooks } from '../../src/web/browser/looks.ts'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

/** Looks that take so many milliseconds each, and how many were begun. */
function looksThatTake(ms: number) {
  let begun = 0
  const looks = makeLooks(async () => {
    begun += 1
    if (begun === 1) throw new Error('one that fails is no reason to stop')
    await new Promise((done) => setTimeout(done, ms))
  })
  return { ...looks, begun: () => begun }
}

it('a stream of news is looked at again and again, and not put off by itself', async () => {
  const looks = looksThatTake(50)
  for (let at = 0; at < 3_000; at += 100) {
    looks.within(300)
    await jest.advanceTimersByTimeAsync(100)
  }
  expect(looks.begun()).toBeGreaterThanOrEqual(7)
  expect(looks.begun()).toBeLessThanOrEqual(10)
})

it('what is still being typed is waited for, also by news', async () => {
  const looks = looksThatTake(0)
  for (let at = 0; at < 1_000; at += 100) {
    looks.after(200)
    looks.within(300)
    await jest.advanceTimersByTimeAsync(100)
  }
  expect(looks.begun()).toBe(0)
  await jest.advanceTimersByTimeAsync(100)
  expect(looks.begun()).toBe(1)
})

it('looks do not overlap: what comes during a slow one is looked at once after it', async () => {
  const looks = looksThatTake(1_000)
  looks.within(0)
  await jest.advanceTimersByTimeAsync(0)
  looks.within(0)
  await jest.advanceTimersByTimeAsync(0)
  expect(looks.begun()).toBe(2)
  for (let at = 0; at < 900; at += 100) {
    looks.within(300)
    await jest.advanceTimersByTimeAsync(100)
  }
  expect(looks.begun()).toBe(2)
  await jest.advanceTimersByTimeAsync(400)
  expect(looks.begun()).toBe(3)
  await jest.advanceTimersByTimeAsync(5_000)
  expect(looks.begun()).toBe(3)
})
