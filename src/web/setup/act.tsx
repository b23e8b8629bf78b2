import type { DeskFrame } from '../desk/props.ts'
import { CsrfField } from '../layout.tsx'

/** One button that does one thing. */
export function Act({ props, action, label }: { props: DeskFrame; action: string; label: string }) {
  return (
    <form class="act" method="post" action={action} data-once>
      <CsrfField frame={props} />
      <button class="button" type="submit">
        {label}
      </button>
    </form>
  )
}
