import { type FirstStep, firstSteps, type SetupState, stepsDone } from '../../../domain/setup/read-setup.ts'
import type { StepProps } from '../../../web/setup/first-steps.tsx'

const hrefs: Record<FirstStep, string> = {
  shop: '/desk/setup/shop',
  package: '/desk/packages#add',
  prices: '/desk/packages?open=rates#rates',
  mail: '/desk/setup/channels#email',
  colleague: '/desk/setup/agents#invite',
  ticket: '/desk?view=all',
}

/** The first steps with where each is done. */
export function stepProps(state: SetupState): StepProps[] {
  const done = stepsDone(state)
  return firstSteps.map((step) => ({ step, href: hrefs[step], done: done[step] }))
}
