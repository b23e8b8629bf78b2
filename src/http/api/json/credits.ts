import { z } from 'zod'
import type { Balance, Charge } from '../../../domain/credits/balance.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import { credits, id } from '../fields.ts'

export const balanceJson = z
  .object({
    available: credits,
    held: credits.meta({ description: 'Held for a running session; not in `available`.' }),
    deficit: credits.meta({ description: 'Spent of credits that the shop took back later.' }),
    overdraft: credits,
  })
  .meta({ id: 'Balance', description: "A customer's whole account." })

export function toBalanceJson(balance: Balance): z.input<typeof balanceJson> {
  return {
    available: toCredits(balance.available),
    held: toCredits(balance.held),
    deficit: toCredits(balance.deficit),
    overdraft: toCredits(balance.overdraft),
  }
}

export const chargeJson = z
  .object({
    credits,
    entries: z
      .array(
        z.object({
          id,
          grantId: id,
          credits,
          overdraft: credits.meta({ description: 'Part of it that the grant lent.' }),
        }),
      )
      .meta({ description: 'One for each grant touched.' }),
  })
  .meta({ id: 'Charge' })

export function toChargeJson(charge: Charge): z.input<typeof chargeJson> {
  return {
    credits: toCredits(charge.units),
    entries: charge.entries.map((entry) => ({
      id: entry.id,
      grantId: entry.grantId,
      credits: toCredits(entry.units),
      overdraft: toCredits(entry.beyond),
    })),
  }
}
