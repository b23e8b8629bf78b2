import type { Request, Response } from 'express'
import { actReasons } from '../../domain/credits/supervise.ts'
import {
  type FindCustomers,
  type FoundCustomer,
  findCustomers,
} from '../../domain/customers/find-customers.ts'
import { mergeCustomers } from '../../domain/customers/merge-customers.ts'
import { previewMerge } from '../../domain/customers/preview-merge.ts'
import { Refused, refuse } from '../../domain/refusal.ts'
import { renderMergePage } from '../../web/desk/merge.tsx'
import type { MergePerson, MergeStep } from '../../web/desk/merge-props.ts'
import { toProblem } from '../errors.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { formKey, newFormKey, pathText, queryText, readForm } from '../pages/form.ts'
import { authorOf, deskFrame } from './desk-frame.ts'

const mostFound = 10

/** GET /desk/customers/:id/merge: looks for the other customer (`?who=`), or shows what a merge would do (`?source=`). */
export async function showMerge(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const visit = await visitOf(deps, req, res, queryText(req, 'ticket'))
  const source = queryText(req, 'source')
  try {
    sendMerge(
      deps,
      res,
      visit,
      source ? await compare(deps, visit, toId(source)) : await find(deps, req, visit),
    )
  } catch (error) {
    sendRefused(deps, res, visit, error)
  }
}

/** POST of the confirmed merge. Done: to the ticket. Refused: the first step again, with the reason. */
export async function mergeForm(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const form = readForm(req)
  const visit = await visitOf(deps, req, res, form.ticket)
  const agent = agentOf(res)
  const note = (form.note ?? '').trim().slice(0, 500)
  try {
    await mergeCustomers(deps, {
      shopId: agent.shopId,
      targetId: visit.target.id,
      sourceId: toId(form.source ?? ''),
      by: { ...authorOf(agent), role: agent.role },
      reason: form.reason ?? '',
      idempotencyKey: formKey(form),
      ...(note !== '' && { note }),
    })
    res.redirect(303, visit.backHref)
  } catch (error) {
    sendRefused(deps, res, visit, error)
  }
}

interface Visit {
  shopId: bigint
  target: FoundCustomer
  ticket: string | undefined
  backHref: string
}

/** Refuses: role_too_low, not_found (customer). */
async function visitOf(
  deps: HttpDeps,
  req: Request,
  res: Response,
  ticket: string | undefined,
): Promise<Visit> {
  const { shopId, role } = agentOf(res)
  if (role === 'agent') refuse({ code: 'role_too_low', role: 'supervisor' })
  const target = await personOf(deps, shopId, toId(pathText(req, 'id')))
  const ticketId = toId(ticket ?? '')
  return {
    shopId,
    target,
    ticket: ticketId === 0n ? undefined : String(ticketId),
    backHref: ticketId === 0n ? '/desk' : `/desk/tickets/${ticketId}#side`,
  }
}

async function personOf(deps: HttpDeps, shopId: bigint, id: bigint): Promise<FoundCustomer> {
  const { customers } = await findCustomers(deps, { shopId, id, limit: 1 })
  return customers[0] ?? refuse({ code: 'not_found', what: 'customer' })
}

/** An e-mail is told by its @; anything else may be a phone or the shop's order id. */
async function find(deps: HttpDeps, req: Request, { shopId, target }: Visit): Promise<MergeStep> {
  const who = queryText(req, 'who')?.trim()
  if (!who) return { kind: 'find' }
  const filters: Partial<FindCustomers>[] = who.includes('@')
    ? [{ email: who }]
    : [{ phone: who }, { order: who.replace(/^#/, '') }]
  const pages = await Promise.all(
    filters.map((filter) => findCustomers(deps, { ...filter, shopId, limit: mostFound })),
  )
  const candidates = new Map(pages.flatMap(({ customers }) => customers).map((one) => [one.id, one]))
  candidates.delete(target.id)
  return { kind: 'find', who, found: [...candidates.values()].map(toPerson) }
}

async function compare(deps: HttpDeps, { shopId, target }: Visit, sourceId: bigint): Promise<MergeStep> {
  const {
    source,
    target: now,
    ...preview
  } = await previewMerge(deps, {
    shopId,
    sourceId,
    targetId: target.id,
  })
  return {
    kind: 'compare',
    source: toPerson(await personOf(deps, shopId, sourceId)),
    before: { source, target: now },
    ...preview,
    reasons: actReasons.merge,
    idempotencyKey: newFormKey(),
  }
}

function sendRefused(deps: HttpDeps, res: Response, visit: Visit, error: unknown): void {
  if (!(error instanceof Refused)) throw error
  const { status, detail } = toProblem(error.refusal)
  res.status(status)
  sendMerge(deps, res, visit, { kind: 'find' }, detail)
}

function sendMerge(deps: HttpDeps, res: Response, visit: Visit, step: MergeStep, error?: string): void {
  res.send(
    renderMergePage({
      ...deskFrame(deps, res),
      target: toPerson(visit.target),
      action: `/desk/customers/${visit.target.id}/merge`,
      backHref: visit.backHref,
      ...(visit.ticket !== undefined && { ticket: visit.ticket }),
      step,
      ...(error !== undefined && { error }),
    }),
  )
}

function toPerson({ id, name, emails, phones }: FoundCustomer): MergePerson {
  return { id: String(id), name, emails, phones }
}
