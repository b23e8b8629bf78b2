import type { Keyring } from '../secrets/keyring.ts'
import { readSignedIds, signIds } from '../secrets/token.ts'

const stages = ['shop', 'code'] as const
const ways = ['password', 'link'] as const
/** What somebody has shown already, between two pages of signing in. */
export interface Step {
  /** What is still to be given: which shop, or the code of the second factor. */
  stage: (typeof stages)[number]
  shopId: bigint
  agentId: bigint
  by: (typeof ways)[number]
  /** A password that changed meanwhile makes the step void. */
  passwordSetAt: Date | null
}

const minutes = 10
const macBytes = 20
const seconds = (at: Date | null) => BigInt(Math.floor((at?.getTime() ?? 0) / 1000))

/** Nothing is stored for it: whoever holds it has given the password, or the link, within the last ten minutes. */
export function stepToken(keyring: Keyring, step: Step, at: Date): string {
  const until = seconds(new Date(at.getTime() + minutes * 60_000))
  return signIds(
    keyring,
    'sign-in-step',
    [
      BigInt(stages.indexOf(step.stage)),
      step.shopId,
      step.agentId,
      BigInt(ways.indexOf(step.by)),
      seconds(step.passwordSetAt),
      until,
    ],
    macBytes,
  )
}

/** Undefined when it is not ours, is over, or is for another stage. The caller compares `passwordSecond` with the agent's. */
export function readStepToken(
  keyring: Keyring,
  stage: Step['stage'],
  token: string,
  at: Date,
):
  | { shopId: bigint; agentId: bigint; by: Step['by']; isOf(passwordSetAt: Date | null): boolean }
  | undefined {
  const ids = readSignedIds(keyring, 'sign-in-step', 6, token, macBytes)
  if (!ids) return undefined
  const [which = 0n, shopId = 0n, agentId = 0n, way = 0n, setAt = 0n, until = 0n] = ids
  const by = ways[Number(way)]
  if (stages[Number(which)] !== stage || by === undefined || until <= seconds(at)) return undefined
  return { shopId, agentId, by, isOf: (passwordSetAt) => seconds(passwordSetAt) === setAt }
}
