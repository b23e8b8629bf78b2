import { addPerson } from '../../domain/customers/add-person.ts'
import { changePerson } from '../../domain/customers/change-person.ts'
import { handOverAccount } from '../../domain/customers/hand-over-account.ts'
import { inviteAgain } from '../../domain/customers/invite-again.ts'
import type { PeopleAct } from '../../domain/customers/manage-people.ts'
import { removePerson } from '../../domain/customers/remove-person.ts'
import { Refused, refuseField } from '../../domain/refusal.ts'
import {
  type PeopleProps,
  type PersonField,
  type PersonForm,
  personActs,
  personFields,
} from '../../web/people/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'

type Form = Record<string, string>

/** A form of the page that was refused: what it was about, and what was typed. */
export interface RefusedForm {
  act: 'add' | (typeof personActs)[number]
  contactId: bigint
  form: PersonForm
}

/**
 * Does what a form of the people's page asks. What it refuses for a field comes back with what was typed; any other refusal is
 * thrown.
 */
export async function doPeopleAct(
  deps: HttpDeps,
  base: PeopleAct,
  form: Form,
): Promise<NonNullable<PeopleProps['done']> | RefusedForm> {
  const act = (['add', ...personActs] as const).find((known) => known === form.act)
  if (act === undefined) return refuseField('act', 'choose one of the acts of the page')
  const contactId = toId(form.contactId ?? '')
  try {
    switch (act) {
      case 'add':
        await addPerson(deps, { ...base, ...typedIn(form), maySeeStatement: sees(form) })
        return 'added'
      case 'change':
        await changePerson(deps, {
          ...base,
          contactId,
          // The buyer's form has the right alone, and the owner's lacks it.
          ...(form.name === undefined ? {} : typedIn(form)),
          ...(form.rights === undefined ? {} : { maySeeStatement: sees(form) }),
        })
        return 'changed'
      case 'remove':
        await removePerson(deps, { ...base, contactId })
        return 'removed'
      case 'owner':
        await handOverAccount(deps, { ...base, contactId })
        return 'handed_over'
      case 'invite':
        await inviteAgain(deps, { ...base, contactId })
        return 'invited'
    }
  } catch (error) {
    const problems = problemsOf(error)
    return { act, contactId, form: { ...typedIn(form), maySeeStatement: sees(form), problems } }
  }
}

function problemsOf(error: unknown): PersonField[] {
  if (!(error instanceof Refused)) throw error
  const { refusal } = error
  if (refusal.code === 'invited_lately') return ['wait']
  if (refusal.code !== 'invalid') throw error
  const named = refusal.fields.map(({ field }) => field)
  return personFields.filter((field) => named.includes(field))
}

function typedIn(form: Form): { name: string; email: string; phone: string } {
  return { name: form.name ?? '', email: form.email ?? '', phone: form.phone ?? '' }
}

function sees(form: Form): boolean {
  return form.maySeeStatement !== undefined
}
