import type { Response } from 'express'
import { currentRateCard } from '../../domain/credits/rate-card.ts'
import { getPackage } from '../../domain/packages/list-packages.ts'
import { readCatalogueState } from '../../domain/products/catalogue-state.ts'
import { renderPackagePage } from '../../web/desk/package.tsx'
import type { PackagesDone } from '../../web/desk/packages-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { deskFrame } from './desk-frame.ts'
import { packageProps, termsProps } from './package-props.ts'
import { priceValues, termsValues } from './terms-form.ts'

export interface PackagePageState {
  done?: PackagesDone
  /** Somebody else was quicker, and nothing was saved. */
  changed?: boolean
  /** The form comes back as it was typed. */
  refused?: { form: Record<string, string>; wrong: string[] }
}

/** Sends /desk/packages/:id; 422 with what was wrong, 409 when somebody else changed it. Refuses: not_found. */
export async function sendPackage(
  deps: HttpDeps,
  res: Response,
  packageId: bigint,
  state: PackagePageState = {},
): Promise<void> {
  const { shopId } = agentOf(res)
  const { refused, changed = false, done } = state
  const [found, card, { hasKeys }] = await Promise.all([
    getPackage(deps, { shopId, packageId }),
    currentRateCard(deps.db, shopId),
    readCatalogueState(deps, shopId),
  ])
  const [shown] = await packageProps(deps, card, [found], hasKeys)
  if (!shown) throw new Error('a package was lost on the way to its page')
  const action = `/desk/packages/${packageId}`
  if (refused) res.status(422)
  if (changed) res.status(409)
  res.send(
    renderPackagePage({
      ...deskFrame(deps, res),
      ...(done && { done }),
      package: shown,
      ...(!found.retiredAt && {
        edit: {
          action,
          version: found.version,
          values: refused?.form ?? termsValues(found),
          wrong: refused?.wrong ?? [],
          shopPrices: priceValues(card),
          open: true,
        },
      }),
      retireAction: `${action}/retire`,
      changed,
      versions: found.versions.map((version) => termsProps(version, version.createdAt)),
    }),
  )
}
