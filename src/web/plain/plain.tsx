import type { ComponentChildren } from 'preact'
import { Mark } from '../layout.tsx'
import type { PageFrame } from '../props.ts'

/** One card in the middle: sign-in, errors, the front door. */
export function Plain(props: { frame: PageFrame; heading: string; children: ComponentChildren }) {
  return (
    <main class="plain-box" id="main">
      <Mark name={props.frame.words.t('common:product')} />
      <section class="card">
        <h1 dir="auto">{props.heading}</h1>
        {props.children}
      </section>
    </main>
  )
}
