import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { refuse } from '../refusal.ts'

const shortest = 10
const longest = 200

let meter: ZxcvbnFactory | undefined

/**
 * Refuses a password that is short, or that guessing finds soon: a common one, one made of the person's own name or address,
 * of keys in a row or of repetitions. Nothing else is asked of it. Refuses: weak_password. The dictionary is unpacked at the first use.
 */
export function checkPassword(password: string, about: readonly string[]): void {
  const length = [...password].length
  if (length < shortest) refuse({ code: 'weak_password', why: 'short' })
  if (length > longest) refuse({ code: 'weak_password', why: 'long' })
  meter ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  const own = about
    .flatMap((text) => [text, text.replace(/\s+/g, ''), ...text.split(/[\s@.]+/)])
    .filter((word) => word.length > 2)
  const { score, feedback } = meter.check(password, own)
  if (score >= 2) return
  refuse({ code: 'weak_password', why: feedback.warning === 'userInputs' ? 'personal' : 'common' })
}
