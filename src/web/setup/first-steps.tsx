import type { DeskFrame } from '../desk/props.ts'
import { CsrfField } from '../layout.tsx'

export const steps = ['shop', 'package', 'prices', 'mail', 'colleague', 'ticket'] as const
export type Step = (typeof steps)[number]

export interface StepProps {
  step: Step
  href: string
  done: boolean
}

/** What a new shop does first, ticked by what there is; owners see it where nothing else is yet. */
export function FirstSteps({ frame, all }: { frame: DeskFrame; all: StepProps[] }) {
  const { t, number } = frame.words
  const done = all.filter((one) => one.done).length
  return (
    <section class="card first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">{t('setup-hub:steps.title')}</h2>
      <p class="quiet num">{t('setup-hub:steps.count', { n: number(done), all: number(all.length) })}</p>
      <progress max={all.length} value={done} aria-labelledby="first-steps" />
      <ol>
        {all.map(({ step, href, done: ticked }) => (
          <li class={ticked ? 'done' : 'open'}>
            <span class="tick" aria-hidden="true">
              {ticked ? '✓' : ''}
            </span>
            <span>
              <a class="link" href={href}>
                {t(`setup-hub:step.${step}.name`)}
              </a>{' '}
              <span class="small quiet">{t(`setup-hub:state.${ticked ? 'done' : 'open'}`)}</span>
              {!ticked && <span class="small quiet text">{t(`setup-hub:step.${step}.text`)}</span>}
            </span>
          </li>
        ))}
      </ol>
      <PutAway frame={frame} hide />
    </section>
  )
}

/** Puts the list away, or brings it back. */
export function PutAway({ frame, hide }: { frame: DeskFrame; hide: boolean }) {
  return (
    <form class="act" method="post" action="/desk/setup/first-steps" data-once>
      <CsrfField frame={frame} />
      <button class="button" type="submit" name="hide" value={hide ? 'yes' : 'no'}>
        {frame.words.t(hide ? 'setup-hub:steps.hide' : 'setup-hub:steps.show')}
      </button>
    </form>
  )
}
