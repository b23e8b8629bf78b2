import { z } from 'zod'
import { addPerson } from '../../../domain/customers/add-person.ts'
import { changePerson } from '../../../domain/customers/change-person.ts'
import { handOverAccount } from '../../../domain/customers/hand-over-account.ts'
import { inviteAgain } from '../../../domain/customers/invite-again.ts'
import { listPeople } from '../../../domain/customers/list-people.ts'
import { loadPeople } from '../../../domain/customers/people.ts'
import { removePerson } from '../../../domain/customers/remove-person.ts'
import { refuse } from '../../../domain/refusal.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { authorOf } from '../author.ts'
import { agentName, filledText, text } from '../fields.ts'
import {
  contactJson,
  talliedContactJson,
  talliesJson,
  toContactJson,
  toTalliesJson,
} from '../json/contact.ts'
import { type ApiCaller, apiRoute } from '../route.ts'

const day = text(40).optional()

export const listContactsRoute = apiRoute({
  method: 'get',
  path: '/customers/{id}/contacts',
  summary:
    'Who may write on an account, removed ones last, and what each of them used in a period and in all.',
  scope: 'read',
  query: z.object({
    from: day.meta({ description: 'First day. Default: of the month.', example: '2026-03-01' }),
    to: day.meta({
      description: 'Last day, included; two years after `from` at most.',
      example: '2026-03-31',
    }),
  }),
  status: 200,
  answer: z
    .object({
      from: z.string(),
      to: z.string(),
      data: z.array(talliedContactJson),
      nobody: talliesJson,
      total: talliesJson,
      next: z.null().meta({ description: 'There is one page.' }),
    })
    .meta({
      id: 'Contacts',
      description: '`nobody`: what belongs to nobody in particular. The others and it together are `total`.',
    }),
  problems: [404, 422],
  async handle(deps, { caller, ids, query }) {
    const list = await listPeople(deps, {
      shopId: caller.shopId,
      customerId: ids.id,
      ...(query.from !== undefined && { from: query.from }),
      ...(query.to !== undefined && { to: query.to }),
    })
    return {
      from: list.period.from,
      to: list.period.to,
      data: list.people.map((one) => ({ ...toContactJson(one.person), tally: toTalliesJson(one) })),
      nobody: toTalliesJson(list.nobody),
      total: toTalliesJson(list.total),
      next: null,
    }
  },
})

const email = text(320).meta({ example: 'jan@example.com' })
const phone = text(60).meta({ description: 'With the country: +386 40 123 456.' })
const maySeeStatement = z
  .boolean()
  .nullish()
  .meta({ description: 'May see the statement and what each credit went for.' })

export const addContactRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/contacts',
  summary: 'Lets somebody write on an account and invites them by e-mail. Needs an e-mail, a phone or both.',
  scope: 'write',
  body: z.object({
    name: filledText(200),
    email: email.nullish(),
    phone: phone.nullish(),
    maySeeStatement,
    agent: agentName,
  }),
  example: { name: 'Jan Vidmar', email: 'jan@example.com', maySeeStatement: false },
  status: 201,
  answer: contactJson,
  problems: [404, 422],
  async handle(deps, { caller, ids, body }) {
    const act = await actOf(deps, caller, ids.id, body.agent)
    const { contactId } = await addPerson(deps, {
      ...act,
      name: body.name,
      ...(body.email && { email: body.email }),
      ...(body.phone && { phone: body.phone }),
      maySeeStatement: body.maySeeStatement ?? false,
    })
    return readContact(deps, { ...act, contactId })
  },
})

export const changeContactRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/contacts/{contactId}',
  summary:
    "Changes a contact's name, addresses or rights; what is left out stays. A new e-mail is invited anew.",
  scope: 'write',
  body: z.object({
    name: filledText(200).nullish(),
    email: email.nullish().meta({ description: 'Empty: taken away.' }),
    phone: phone.nullish().meta({ description: 'Empty: taken away.' }),
    maySeeStatement,
    agent: agentName,
  }),
  example: { maySeeStatement: true },
  status: 200,
  answer: contactJson,
  problems: [404, 422],
  async handle(deps, { caller, ids, body }) {
    const act = { ...(await actOf(deps, caller, ids.id, body.agent)), contactId: ids.contactId }
    await changePerson(deps, {
      ...act,
      ...(typeof body.name === 'string' && { name: body.name }),
      ...(typeof body.email === 'string' && { email: body.email }),
      ...(typeof body.phone === 'string' && { phone: body.phone }),
      ...(typeof body.maySeeStatement === 'boolean' && { maySeeStatement: body.maySeeStatement }),
    })
    return readContact(deps, act)
  },
})

const byAgent = z.object({ agent: agentName })

export const removeContactRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/contacts/{contactId}/remove',
  summary:
    'Ends what a contact may do: their link stops at once. What they wrote and used stays under their name.',
  scope: 'write',
  body: byAgent,
  example: {},
  status: 200,
  answer: contactJson,
  problems: [404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const act = { ...(await actOf(deps, caller, ids.id, body.agent)), contactId: ids.contactId }
    await removePerson(deps, act)
    return readContact(deps, act)
  },
})

export const ownContactRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/contacts/{contactId}/owner',
  summary: 'Hands the account over: this contact manages the others from now on.',
  scope: 'write',
  body: byAgent,
  example: {},
  status: 200,
  answer: contactJson,
  problems: [404, 422],
  async handle(deps, { caller, ids, body }) {
    const act = { ...(await actOf(deps, caller, ids.id, body.agent)), contactId: ids.contactId }
    await handOverAccount(deps, act)
    return readContact(deps, act)
  },
})

export const inviteContactRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/contacts/{contactId}/invite',
  summary:
    'Sends the invitation again, with a new link; the older one stops. Once in 10 minutes, 5 times a day.',
  scope: 'write',
  body: byAgent,
  example: {},
  status: 200,
  answer: contactJson,
  problems: [404, 422, 429],
  async handle(deps, { caller, ids, body }) {
    const act = { ...(await actOf(deps, caller, ids.id, body.agent)), contactId: ids.contactId }
    await inviteAgain(deps, act)
    return readContact(deps, act)
  },
})

async function actOf(
  deps: HttpDeps,
  caller: ApiCaller,
  customerId: bigint,
  agent: string | null | undefined,
) {
  const { actor } = await authorOf(deps, caller, agent)
  return { shopId: caller.shopId, customerId, by: { actor } }
}

async function readContact(
  deps: HttpDeps,
  of: { shopId: bigint; customerId: bigint; contactId: bigint },
): Promise<z.input<typeof contactJson>> {
  const found = (await loadPeople(deps.db, of)).find((person) => person.id === of.contactId)
  return found ? toContactJson(found) : refuse({ code: 'not_found', what: 'contact' })
}
