import type { Request, Response } from 'express'
import { usualDays } from '../../../domain/connect/read-days.ts'
import { type HealthView, readHealth } from '../../../domain/health/read-health.ts'
import type { KeptWebhook } from '../../../domain/health/webhook-rows.ts'
import type { Backfill } from '../../../domain/sync/backfills.ts'
import { renderShopPage } from '../../../web/setup/shop.tsx'
import type { ShopBackfillProps, ShopPageProps, WebhookProps } from '../../../web/setup/shop-props.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { queryText } from '../../pages/form.ts'
import { deskFrame } from '../desk-frame.ts'

type Form = Record<string, string>

export interface ShopPageState {
  done?: ShopPageProps['done']
  /** The merchant came back from the shop's page without letting us in. */
  denied?: boolean
  /** Where the merchant goes on. */
  shopPage?: { href: string; host: string }
  /** The form comes back as it was typed. */
  refused?: { of: 'connect' | 'backfill'; form: Form; messages: Record<string, string> }
}

const doneWords = ['connecting', 'disconnected', 'webhooks_left', 'checking', 'reading', 'asked'] as const

/** What the address says of what was done; WooCommerce adds success=0 when access was denied. */
export function stateIn(req: Request): ShopPageState {
  const asked = queryText(req, 'done')
  const done = doneWords.find((one) => one === asked)
  return { ...(done && { done }), denied: queryText(req, 'success') === '0' }
}

/** Sends /desk/setup/shop; 422 when a form was refused. */
export async function sendShop(deps: HttpDeps, res: Response, state: ShopPageState): Promise<void> {
  const { refused, done, denied = false, shopPage } = state
  const health = await readHealth(deps, { shopId: agentOf(res).shopId })
  if (refused) res.status(422)
  res.send(
    renderShopPage({
      ...deskFrame(deps, res),
      ...healthProps(health),
      denied,
      ...(done && { done }),
      ...(shopPage && { shopPage }),
      connect: connectForm(deps, health, refused?.of === 'connect' ? refused : undefined),
      backfillForm: {
        action: '/desk/setup/shop/backfill',
        values: refused?.of === 'backfill' ? refused.form : { days: String(usualDays) },
        wrong: refused?.of === 'backfill' ? Object.keys(refused.messages) : [],
        open: true,
      },
    }),
  )
}

function connectForm(
  deps: HttpDeps,
  health: HealthView,
  refused: ShopPageState['refused'],
): ShopPageProps['connect'] {
  const { shop } = health
  return {
    action: '/desk/setup/shop/connect',
    values: refused?.form ?? { url: shop.url, days: shop.hasKeys ? '0' : String(usualDays) },
    messages: refused?.messages ?? {},
    wrong: Object.keys(refused?.messages ?? {}),
    open: refused !== undefined,
    hasPage: deps.shops[shop.kind]?.authorisation !== undefined && deps.publicUrl.startsWith('https://'),
  }
}

function healthProps(
  health: HealthView,
): Omit<ShopPageProps, keyof ReturnType<typeof deskFrame> | 'connect' | 'backfillForm' | 'denied'> {
  const { connection, reconcile, look, backfill } = health
  return {
    status: health.status,
    concerns: health.concerns,
    problems: health.problems.map(({ kind, message, since }) => ({ kind, message, since })),
    shop: {
      url: health.shop.url,
      hasKeys: health.shop.hasKeys && health.shop.connectable,
      connectable: health.shop.connectable,
    },
    ...(connection && {
      connection: {
        ...{ state: connection.state, url: connection.url },
        ...{ version: connection.version, currency: connection.currency },
        ...(connection.problem !== null && { problem: connection.problem }),
        ...(connection.connectedAt && { connectedAt: connection.connectedAt }),
      },
    }),
    webhooks: health.webhooks.map(webhookProps),
    webhookUrl: health.webhookUrl,
    badSignatures: health.badSignatures,
    ...given({
      checkedAt: health.checkedAt,
      checkProblem: health.checkProblem,
      writing: health.writing,
      pingedAt: health.pingedAt,
      lastDeliveryAt: health.lastDeliveryAt,
    }),
    reconcile: {
      ...{ seen: reconcile.seen, taken: reconcile.taken },
      ...given({ finishedAt: reconcile.finishedAt, notBefore: reconcile.notBefore }),
    },
    look: { seen: look.seen, gone: look.gone, ...given({ finishedAt: look.finishedAt }) },
    drift: health.drift,
    findings: health.findings.map(({ number, externalId, kind, foundAt }) => ({
      order: number || externalId,
      kind,
      foundAt,
    })),
    unreadable: health.unreadable.map(({ externalId, reason, since }) => ({
      order: externalId,
      reason,
      since,
    })),
    ...(backfill && { backfill: backfillProps(backfill) }),
  }
}

function webhookProps(one: KeptWebhook): WebhookProps {
  const { topic, state, checkedAt, offs, offAt, mended, mendedAt } = one
  return { topic, state, checkedAt, offs, ...given({ offAt, mended, mendedAt }) }
}

function backfillProps(one: Backfill): ShopBackfillProps {
  const { id, state, days, done, taken, total, reached, finishedAt } = one
  return { id: String(id), state, days, done, taken, ...given({ total, reached, finishedAt }) }
}

/** Without what is undefined. */
function given<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>
  }
}
