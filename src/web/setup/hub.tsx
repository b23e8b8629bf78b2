import type { DeskFrame } from '../desk/props.ts'
import { FirstSteps, PutAway, type StepProps } from './first-steps.tsx'
import { renderSetupPage } from './frame.tsx'

export const setupParts = ['shop', 'packages', 'prices', 'channels', 'agents', 'keys', 'settings'] as const
export type SetupPart = (typeof setupParts)[number]

export interface PartProps {
  part: SetupPart
  href: string
  /** How many there are, where that says something. */
  count?: number
}

/** /desk/setup */
export interface HubProps extends DeskFrame {
  parts: PartProps[]
  steps: StepProps[]
  stepsHidden: boolean
}

/** What there is to set up and how far each is, as a whole document. For owners. */
export function renderHub(props: HubProps): string {
  const { t, number } = props.words
  const left = props.steps.filter(({ done }) => !done).length
  return renderSetupPage(props, {
    title: t('desk:setup'),
    what: left === 0 ? t('setup-hub:allDone') : t('setup-hub:left', { count: left, n: number(left) }),
    children: (
      <>
        {!props.stepsHidden && <FirstSteps frame={props} all={props.steps} />}
        <ul class="card hub">
          {props.parts.map(({ part, href, count }) => (
            <li>
              <a href={href}>
                <b>{t(`setup-hub:part.${part}`)}</b>
                {count !== undefined && <span class="num quiet">{number(count)}</span>}
                <span class="small quiet">{t(`setup-hub:text.${part}`)}</span>
              </a>
            </li>
          ))}
        </ul>
        {props.stepsHidden && <PutAway frame={props} hide={false} />}
      </>
    ),
  })
}
