import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import type { FoundCustomer } from '../../../domain/customers/find-customers.ts'
import type { AccountGrant } from '../../../domain/customers/get-account.ts'
import { credits, id, time } from '../fields.ts'

export const customerJson = z
  .object({
    id,
    shopCustomerId: z.string().nullable().meta({ description: "The shop's customer id; null for a guest." }),
    name: z.string(),
    company: z.string(),
    country: z.string(),
    locale: z.string(),
    emails: z.array(z.string()),
    phones: z.array(z.string()),
    createdAt: time,
  })
  .meta({ id: 'Customer' })

export function toCustomerJson(customer: FoundCustomer): z.input<typeof customerJson> {
  return {
    id: String(customer.id),
    shopCustomerId: customer.shopCustomerId,
    name: customer.name,
    company: customer.company,
    country: customer.country,
    locale: customer.locale,
    emails: customer.emails,
    phones: customer.phones,
    createdAt: customer.createdAt.toISOString(),
  }
}

export const grantJson = z
  .object({
    id,
    name: z.string(),
    source: z.string(),
    order: z
      .object({ id: z.string(), number: z.string() })
      .nullable()
      .meta({ description: "The shop's order; null for credits from elsewhere." }),
    channels: z.array(z.string()),
    entitled: credits,
    consumed: credits,
    held: credits,
    remainder: credits.meta({ description: 'Left to spend now.' }),
    deficit: credits,
    overdraft: credits,
    expiresAt: time.nullable(),
    frozen: z.boolean(),
    reason: z.string().nullable(),
    createdAt: time,
  })
  .meta({ id: 'Grant' })

export function toGrantJson(grant: AccountGrant): z.input<typeof grantJson> {
  return {
    id: String(grant.id),
    name: grant.name,
    source: grant.source,
    order: grant.orderId === null ? null : { id: grant.orderId, number: grant.orderNumber ?? '' },
    channels: grant.channels,
    entitled: toCredits(grant.entitled),
    consumed: toCredits(grant.consumed),
    held: toCredits(grant.held),
    remainder: toCredits(grant.remainder),
    deficit: toCredits(grant.deficit),
    overdraft: toCredits(grant.overdraft),
    expiresAt: grant.expiresAt?.toISOString() ?? null,
    frozen: grant.frozen,
    reason: grant.reason,
    createdAt: grant.createdAt.toISOString(),
  }
}
