import type { Words } from './words.ts'

/** A disagreement of the ledger's check; units are decimal texts. */
export interface ProblemFacts {
  customerId: string
  grantId?: string | undefined
  /** A column of grant or account, or "message 5:17" or "session 9". */
  figure: string
  stored: string
  recomputed: string
  entries: readonly string[]
  entryCount: number
}

export interface ProblemWords {
  what: string
  /** Which entries say so; '' for an account, whose figures come from its grants. */
  entries: string
  mend: string
}

/** What disagrees, by which entries, and what to do about it. */
export function explainProblem(words: Words, problem: ProblemFacts): ProblemWords {
  const { t } = words
  const stored = words.creditsPhrase(BigInt(problem.stored))
  const recomputed = words.creditsPhrase(BigInt(problem.recomputed))
  const values = { customer: problem.customerId, grant: problem.grantId ?? '', stored, recomputed }
  const units = { units: problem.recomputed }
  const entries = entriesPhrase(words, problem)
  const cause = /^(message|session) (.+)$/.exec(problem.figure)
  if (cause) {
    const named = t(cause[1] === 'message' ? 'ledger:what.message' : 'ledger:what.session', { id: cause[2] })
    return {
      what: t('ledger:what.cause', { cause: named, stored, recomputed }),
      entries,
      mend: t('ledger:mend.cause', units),
    }
  }
  if (problem.figure === 'held_by_sessions') {
    return { what: t('ledger:what.heldBySessions', values), entries, mend: t('ledger:mend.heldBySessions') }
  }
  if (problem.figure === 'promised') {
    return { what: t('ledger:what.promised', values), entries, mend: t('ledger:mend.promised', units) }
  }
  const figure = t(`ledger:figure.${problem.figure}`)
  return problem.grantId === undefined
    ? {
        what: t('ledger:what.account', { ...values, figure }),
        entries: '',
        mend: t('ledger:mend.account', units),
      }
    : { what: t('ledger:what.grant', { ...values, figure }), entries, mend: t('ledger:mend.grant', units) }
}

function entriesPhrase({ t, number }: Words, { entries, entryCount }: ProblemFacts): string {
  const ids = entries.join(', ')
  if (entryCount === 0) return t('ledger:entries.none')
  return entryCount > entries.length
    ? t('ledger:entries.newest', { n: number(entryCount), ids })
    : t('ledger:entries.all', { ids })
}
