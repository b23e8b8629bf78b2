import { z } from 'zod'
import { type LedgerCheck, listLedgerChecks } from '../../../domain/credits/find-ledger-check.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import { explainProblem } from '../../../words/ledger-problem.ts'
import { wordsFor } from '../../../words/words.ts'
import { readTimeCursor, writeCursor } from '../cursor.ts'
import { credits, id, listQuery, pageOf, time } from '../fields.ts'
import { apiRoute } from '../route.ts'

const problemJson = z
  .object({
    customerId: id.nullable(),
    grantId: id.nullable(),
    figure: z.string().meta({ example: 'consumed' }),
    stored: credits,
    recomputed: credits.meta({ description: "What the ledger's entries say." }),
    entries: z.array(id).meta({ description: 'The newest of the entries that say so, at most five.' }),
    explanation: z.string(),
    mend: z.string(),
  })
  .meta({ id: 'LedgerProblem' })

const checkJson = z
  .object({
    checkedAt: time,
    accounts: z.int(),
    entries: z.int(),
    problemCount: z.int(),
    problems: z.array(problemJson).meta({ description: 'At most the first hundred.' }),
  })
  .meta({ id: 'LedgerCheck', description: "A nightly check of the shop's ledger." })

// A shop has no two checks of one moment, so the moment alone is the place in the list.
const onlyOne = 1n

export const listLedgerChecksRoute = apiRoute({
  method: 'get',
  path: '/ledger-checks',
  summary: "The nightly checks of the shop's ledger, the last one first.",
  scope: 'read',
  query: listQuery,
  status: 200,
  answer: pageOf(checkJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const before = readTimeCursor(query.cursor)
    const page = await listLedgerChecks(deps.db, {
      shopId: caller.shopId,
      limit: query.limit,
      ...(before === undefined ? {} : { before: before.at }),
    })
    return {
      data: page.checks.map(toCheckJson),
      next: page.next === undefined ? null : writeCursor(page.next, onlyOne),
    }
  },
})

function toCheckJson(check: LedgerCheck): z.input<typeof checkJson> {
  const words = wordsFor('en')
  return {
    checkedAt: check.checkedAt.toISOString(),
    accounts: check.accounts,
    entries: check.entries,
    problemCount: check.problemCount,
    problems: check.problems.map((problem) => {
      const { what, mend } = explainProblem(words, problem)
      return {
        customerId: problem.customerId || null,
        grantId: problem.grantId ?? null,
        figure: problem.figure,
        stored: toCredits(BigInt(problem.stored)),
        recomputed: toCredits(BigInt(problem.recomputed)),
        entries: problem.entries,
        explanation: what,
        mend,
      }
    }),
  }
}
