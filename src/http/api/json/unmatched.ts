import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import type { UnmatchedProduct } from '../../../domain/packages/list-unmatched.ts'
import { supportHints } from '../../../domain/packages/support-hint.ts'
import { credits } from '../fields.ts'

export const unmatchedJson = z
  .object({
    subject: z.string().meta({
      description: 'What a package would name. "name:…" where the order tells neither product nor SKU.',
      example: 'product:11',
    }),
    name: z.string().meta({ description: 'As the newest order names it.' }),
    sku: z.string(),
    hint: z.enum(supportHints).meta({
      description:
        'Why it looks like support: it proposes credits, its name or SKU says so, or its SKU is like that of a package.',
    }),
    proposedCredits: credits.nullable().meta({ description: 'What the product proposes itself.' }),
    orderCount: z.int(),
    orders: z
      .array(z.object({ id: z.string().meta({ description: "The shop's id." }), number: z.string() }))
      .meta({ description: 'The newest ones, at most five.' }),
  })
  .meta({ id: 'Unmatched', description: 'An article that may need a package.' })

export function toUnmatchedJson(one: UnmatchedProduct): z.input<typeof unmatchedJson> {
  const { subject, name, sku, hint, proposedUnits, orderCount, orders } = one
  return {
    ...{ subject, name, sku, hint, orderCount, orders },
    proposedCredits: proposedUnits === null ? null : toCredits(proposedUnits),
  }
}
