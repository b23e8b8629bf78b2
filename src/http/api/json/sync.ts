import { z } from 'zod'
import type { Backfill } from '../../../domain/sync/backfills.ts'
import type { SyncView } from '../../../domain/sync/read-sync.ts'
import { id, time } from '../fields.ts'

export const backfillJson = z
  .object({
    id,
    state: z.enum(['running', 'done', 'stopped']),
    days: z.int(),
    welcome: z.boolean(),
    done: z.int().meta({ description: 'Orders read so far.' }),
    total: z.int().nullable().meta({
      description: 'Of how many, as far as the shop says; grows when orders change meanwhile.',
    }),
    changed: z.int().meta({ description: 'Of those read, the ones that were news.' }),
    nowAt: time.nullable().meta({ description: 'All orders that changed before this are read.' }),
    startedBy: z.string().meta({ example: 'agent:7' }),
    startedAt: time,
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Backfill' })

export function toBackfillJson(backfill: Backfill): z.input<typeof backfillJson> {
  return {
    id: String(backfill.id),
    state: backfill.state,
    days: backfill.days,
    welcome: backfill.welcome,
    done: backfill.done,
    total: backfill.total ?? null,
    changed: backfill.taken,
    nowAt: iso(backfill.reached),
    startedBy: backfill.startedBy,
    startedAt: backfill.startedAt.toISOString(),
    finishedAt: iso(backfill.finishedAt),
  }
}

const finding = z.object({
  order: id.meta({ description: "The shop's order id." }),
  orderNumber: z.string(),
  kind: z.enum(['new', 'changed', 'gone']).meta({ description: 'gone: deleted for good.' }),
  foundBy: z.enum(['reconcile', 'look']),
  changedAt: time.nullable().meta({ description: 'When the shop changed it, by its clock.' }),
  foundAt: time,
})

export const syncJson = z
  .object({
    askable: z.boolean().meta({ description: 'Whether the shop can be asked: it has keys.' }),
    upTo: time.nullable().meta({
      description: "Every change before this is taken in; by the shop's clock.",
    }),
    reconcile: z.object({
      startedAt: time.nullable(),
      finishedAt: time.nullable(),
      orders: z.int().meta({ description: 'That the last one met.' }),
      changed: z.int().meta({ description: 'Of those, the ones that were news.' }),
      notBefore: time.nullable().meta({
        description: 'The shop could not be asked and is left alone until then.',
      }),
    }),
    look: z
      .object({ startedAt: time.nullable(), finishedAt: time.nullable(), orders: z.int(), gone: z.int() })
      .meta({ description: 'The daily look at orders with credits, which finds those deleted for good.' }),
    problems: z
      .array(
        z.object({
          kind: z.enum(['keys', 'unreachable', 'orders_gone']),
          message: z.string().meta({ description: 'What is wrong and what to do.' }),
          since: time,
          lastAt: time,
        }),
      )
      .meta({ description: 'The open ones, the oldest first.' }),
    drift: z
      .array(z.object({ day: z.iso.date(), orders: z.int() }))
      .meta({ description: 'Orders that no delivery had told of, by day of the shop, of the last 30 days.' }),
    findings: z.array(finding).meta({ description: 'The newest 50.' }),
    unreadable: z
      .array(z.object({ order: id, reason: z.string(), since: time, lastAt: time }))
      .meta({ description: 'Orders that cannot be understood; they are asked for again each day.' }),
    backfill: backfillJson.nullable().meta({ description: 'The last one.' }),
  })
  .meta({ id: 'Sync', description: "How far we have taken in the shop's orders." })

export function toSyncJson(view: SyncView): z.input<typeof syncJson> {
  const { reconcile, look } = view
  return {
    askable: view.isAskable,
    upTo: iso(view.watermark),
    reconcile: {
      startedAt: iso(reconcile.startedAt),
      finishedAt: iso(reconcile.finishedAt),
      orders: reconcile.seen,
      changed: reconcile.taken,
      notBefore: iso(reconcile.notBefore),
    },
    look: {
      startedAt: iso(look.startedAt),
      finishedAt: iso(look.finishedAt),
      orders: look.seen,
      gone: look.gone,
    },
    problems: view.problems.map(({ kind, message, since, lastAt }) => ({
      kind,
      message,
      since: since.toISOString(),
      lastAt: lastAt.toISOString(),
    })),
    drift: view.drift,
    findings: view.findings.map((found) => ({
      order: found.externalId,
      orderNumber: found.number,
      kind: found.kind,
      foundBy: found.foundBy,
      changedAt: iso(found.modifiedAt),
      foundAt: found.foundAt.toISOString(),
    })),
    unreadable: view.unreadable.map(({ externalId, reason, since, lastAt }) => ({
      order: externalId,
      reason,
      since: since.toISOString(),
      lastAt: lastAt.toISOString(),
    })),
    backfill: view.backfill ? toBackfillJson(view.backfill) : null,
  }
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null
}
