import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import type { PersonTally, TalliedPerson } from '../../../domain/customers/list-people.ts'
import type { Person } from '../../../domain/customers/people.ts'
import { credits, id, time } from '../fields.ts'

const count = z.number().int()

const tallyJson = z
  .object({
    written: count,
    email: count.meta({ description: 'Answers received.' }),
    sms: count,
    whatsapp: count,
    portal: count,
    workMinutes: count,
    videoSeconds: count,
    credits: credits.meta({ description: 'Charged less what was given back.' }),
  })
  .meta({ id: 'ContactTally', description: 'What somebody wrote, got and cost.' })

export const talliesJson = z
  .object({ period: tallyJson, all: tallyJson })
  .meta({ id: 'ContactTallies', description: 'In the period asked for, and in all.' })

export const contactJson = z
  .object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    buyer: z.boolean().meta({ description: 'The customer themselves; the orders give name and addresses.' }),
    owner: z.boolean().meta({ description: 'Manages the contacts of the account.' }),
    maySeeStatement: z.boolean(),
    state: z.enum(['active', 'invited', 'removed']).meta({
      description: 'invited: added by the owner, and the invitation was not confirmed yet.',
    }),
    createdAt: time,
    removedAt: time.nullable(),
  })
  .meta({ id: 'Contact', description: 'Somebody who may write on the account.' })

export const talliedContactJson = contactJson
  .extend({ tally: talliesJson })
  .meta({ id: 'TalliedContact', description: 'A contact and what they used.' })

export function toContactJson(person: Person): z.input<typeof contactJson> {
  return {
    id: String(person.id),
    name: person.name,
    email: person.email,
    phone: person.phone,
    buyer: person.buyer,
    owner: person.owner,
    maySeeStatement: person.maySeeStatement,
    state: person.removedAt !== null ? 'removed' : person.confirmedAt === null ? 'invited' : 'active',
    createdAt: person.createdAt.toISOString(),
    removedAt: person.removedAt?.toISOString() ?? null,
  }
}

export function toTalliesJson({
  period,
  all,
}: Pick<TalliedPerson, 'period' | 'all'>): z.input<typeof talliesJson> {
  return { period: toTallyJson(period), all: toTallyJson(all) }
}

function toTallyJson({ units, ...tally }: PersonTally): z.input<typeof tallyJson> {
  return { ...tally, credits: toCredits(units) }
}
