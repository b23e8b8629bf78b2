import { timingSafeEqual } from 'node:crypto'
import { hash, parseOptions } from '@node-rs/argon2'
import { refuse } from '../refusal.ts'

/* What OWASP asks of argon2id (the package's default algorithm): 19 MiB and two passes, about 30 ms. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/* Each hash takes memory and a core: what a stranger can make us do at once is bounded, whatever comes in. */
const mostAtOnce = 2
const mostWaiting = 60
let running = 0
const waiting: (() => void)[] = []

/** One password as text typed on any keyboard: composed and decomposed letters are the same. */
const bytesOf = (password: string) => password.normalize('NFKC')

/** argon2id. `like`: another hash whose salt it shares, so that one computation tries the password against both. */
export async function hashPassword(password: string, like?: string): Promise<string> {
  return takeTurn(() => hash(bytesOf(password), { ...cost, ...(like && { salt: saltOf(like) }) }))
}

/**
 * Which of these hashes are of the password. One computation for all that share a salt, and one when there are none: how long
 * it takes does not tell how many accounts an e-mail has.
 */
export async function matchPassword(password: string, hashes: readonly string[]): Promise<boolean[]> {
  const heads = new Set(hashes.map(headOf))
  if (heads.size === 0) await hashPassword(password)
  const computed: string[] = []
  for (const head of heads) {
    const like = hashes.find((one) => headOf(one) === head) ?? ''
    const { memoryCost, timeCost, parallelism, outputLen } = parseOptions(like)
    computed.push(
      await takeTurn(() =>
        hash(bytesOf(password), { memoryCost, timeCost, parallelism, outputLen, salt: saltOf(like) }),
      ),
    )
  }
  return hashes.map((one) => computed.some((other) => isSame(one, other)))
}

const headOf = (phc: string) => phc.slice(0, phc.lastIndexOf('$'))
const saltOf = (phc: string) => Buffer.from(phc.split('$').at(-2) ?? '', 'base64')

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

async function takeTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= mostAtOnce) {
    if (waiting.length >= mostWaiting) refuse({ code: 'too_many_tries', retryAfterSeconds: 5 })
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running += 1
  try {
    return await work()
  } finally {
    // Whoever waits longest takes the place over.
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}
