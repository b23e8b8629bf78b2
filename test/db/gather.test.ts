import { describe, expect, it } from '@jest/globals'
import { makeGather } from '../../src/db/gather.ts'

/** A gather over a pretended database that notes which calls shared a statement. */
function openGather(fails: (calls: number[]) => boolean = () => false) {
  const statements: number[][] = []
  const run = async (calls: number[]): Promise<number[]> => {
    statements.push(calls)
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (fails(calls)) throw new Error(`refused ${calls.join()}`)
    return calls.map((call) => call * 10)
  }
  const ask = makeGather<number, number>({
    alone: async (call) => (await run([call]))[0] ?? Number.NaN,
    together: run,
  })
  return { ask, statements }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('gathering calls', () => {
  it('runs a single call by itself', async () => {
    const { ask, statements } = openGather()
    expect(await ask(4)).toBe(40)
    expect(statements).toEqual([[4]])
  })

  it('lets a burst share statements and answers each call with its own answer', async () => {
    const { ask, statements } = openGather()
    const answers = await Promise.all(numbers(40).map(ask))
    expect(answers).toEqual(numbers(40).map((n) => n * 10))
    expect(statements.flat().sort((a, b) => a - b)).toEqual(numbers(40))
    expect(statements.length).toBeLessThan(10)
    expect(Math.max(...statements.map((calls) => calls.length))).toBe(16)
  })

  it('fails only the call that is at fault', async () => {
    const { ask } = openGather((calls) => calls.includes(3))
    const answers = await Promise.allSettled(numbers(16).map(ask))
    expect(answers.map(({ status }) => status)).toEqual(
      numbers(16).map((n) => (n === 3 ? 'rejected' : 'fulfilled')),
    )
  })

  it('goes on when every running group waits for somebody', async () => {
    let release = () => {}
    const blocked = new Promise<void>((resolve) => {
      release = resolve
    })
    const wait = async (calls: number[]) => {
      if (calls.some((call) => call < 32)) await blocked
      return calls
    }
    const ask = makeGather<number, number>({
      alone: async (call) => (await wait([call]))[0] ?? Number.NaN,
      together: wait,
    })
    const stuck = numbers(32).map(ask)
    expect(await ask(99)).toBe(99)
    release()
    expect(await Promise.all(stuck)).toEqual(numbers(32))
  })
})
