import type { Response } from 'express'
import { readSettings } from '../../../domain/shops/change-settings.ts'
import { renderSettingsPage } from '../../../web/setup/settings.tsx'
import type { HttpDeps } from '../../http-deps.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { deskFrame } from '../desk-frame.ts'
import { settingsValues } from './settings-form.ts'

export interface SettingsPageState {
  saved?: boolean
  /** The form comes back as it was typed. */
  refused?: { form: Record<string, string>; wrong: string[] }
}

/** Sends /desk/setup/shop/settings; 422 when something was refused. */
export async function sendSettings(deps: HttpDeps, res: Response, state: SettingsPageState): Promise<void> {
  const { saved = false, refused } = state
  const values = refused?.form ?? settingsValues(await readSettings(deps, agentOf(res).shopId))
  if (refused) res.status(422)
  res.send(
    renderSettingsPage({
      ...deskFrame(deps, res),
      saved,
      usualAddress: deps.mailFrom.address,
      form: { action: '/desk/setup/shop/settings', values, wrong: refused?.wrong ?? [], open: true },
    }),
  )
}
