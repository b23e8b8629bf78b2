import { z } from 'zod'
import type { Connection } from '../../../domain/connect/connection.ts'
import type { HealthView } from '../../../domain/health/read-health.ts'
import type { Backfill } from '../../../domain/sync/backfills.ts'
import { problemKinds } from '../../../domain/sync/problem-kinds.ts'
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

const webhook = z.object({
  topic: z.string().meta({ example: 'order.updated' }),
  state: z.enum(['active', 'paused', 'disabled', 'missing']).meta({
    description:
      'As it was seen last. What the shop switched off is switched on again, what was deleted is made again.',
  }),
  checkedAt: time,
  timesOff: z.int().meta({
    description: 'How often it was found switched off since a delivery of its topic came.',
  }),
  offAt: time.nullable(),
  mended: z.enum(['enabled', 'recreated', 'moved']).nullable().meta({ description: 'What was done last.' }),
  mendedAt: time.nullable(),
})

const connection = z
  .object({
    state: z.enum(['asked', 'verifying', 'webhooks', 'connected', 'failed', 'disconnected']),
    url: z.string(),
    problem: z.string().nullable().meta({ description: 'What is wrong and what to do.' }),
    startedBy: z.string().meta({ example: 'agent:7' }),
    startedAt: time,
    connectedAt: time.nullable(),
    version: z.string(),
    currency: z.string(),
  })
  .meta({ id: 'Connection' })

export function toConnectionJson(one: Connection): z.input<typeof connection> {
  return {
    ...{ state: one.state, url: one.url, problem: one.problem, startedBy: one.startedBy },
    ...{ startedAt: one.startedAt.toISOString(), connectedAt: iso(one.connectedAt) },
    ...{ version: one.version, currency: one.currency },
  }
}
export const connectionJson = connection

export const syncJson = z
  .object({
    status: z
      .enum(['well', 'attention', 'trouble', 'connecting', 'not_connected', 'deliveries_only'])
      .meta({ description: 'At a glance. attention: nothing is missed, and something should be looked at.' }),
    concerns: z.array(z.string()).meta({
      description:
        'Why it is attention: unchecked, missing, paused, switched_off, never_reached, unreadable, unwritten, drift.',
    }),
    connection: connection
      .nullable()
      .meta({ description: 'The last time somebody connected the shop, or tried to.' }),
    webhooks: z.array(webhook),
    webhookUrl: z.string(),
    checkedAt: time.nullable().meta({ description: 'When the webhooks were looked at.' }),
    checkProblem: z.string().nullable(),
    pingedAt: time.nullable().meta({ description: 'When the shop knocked at that address; anybody can.' }),
    lastDeliveryAt: time.nullable(),
    badSignatures: z.int(),
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
          kind: z.enum(problemKinds),
          message: z.string().meta({ description: 'What is wrong and what to do.' }),
          since: time,
          lastAt: time,
        }),
      )
      .meta({ description: 'The open ones, the oldest first.' }),
    writing: z.object({ message: z.string(), since: time }).nullable().meta({
      description:
        'Why the shop takes no notes and balances on its orders, such as a key that may only read; null while it takes them.',
    }),
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

export function toSyncJson(view: HealthView): z.input<typeof syncJson> {
  const { reconcile, look } = view
  return {
    status: view.status,
    concerns: view.concerns,
    connection: view.connection ? toConnectionJson(view.connection) : null,
    webhooks: view.webhooks.map((one) => ({
      ...{ topic: one.topic, state: one.state, checkedAt: one.checkedAt.toISOString() },
      ...{ timesOff: one.offs, offAt: iso(one.offAt) },
      ...{ mended: one.mended ?? null, mendedAt: iso(one.mendedAt) },
    })),
    webhookUrl: view.webhookUrl,
    checkedAt: iso(view.checkedAt),
    checkProblem: view.checkProblem ?? null,
    pingedAt: iso(view.pingedAt),
    lastDeliveryAt: iso(view.lastDeliveryAt),
    badSignatures: view.badSignatures,
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
    writing: view.writing ? { message: view.writing.message, since: view.writing.since.toISOString() } : null,
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

function iso(at: Date | null | undefined): string | null {
  return at?.toISOString() ?? null
}
