import type { ComponentChildren } from 'preact'
import type { DeskFrame } from '../desk/props.ts'
import { Rail } from '../desk/rail.tsx'
import { renderDocument } from '../layout.tsx'
import type { ScriptName } from '../props.ts'

interface SetupPage {
  title: string
  what: string
  back?: { href: string; label: string }
  scripts?: ScriptName[]
  children: ComponentChildren
}

/** A page of the owners' setup as a whole document: the rail, a heading with what the page is for, cards in one column. */
export function renderSetupPage(frame: DeskFrame, page: SetupPage): string {
  const { title, what, back, scripts = [], children } = page
  return renderDocument({
    frame,
    title,
    page: 'desk setup-page',
    scripts: ['forms', ...scripts],
    children: (
      <div class="panes">
        <Rail frame={frame} page="setup" />
        <main class="setup" id="main">
          <header>
            {back && (
              <p class="small">
                <a class="link" href={back.href}>
                  {back.label}
                </a>
              </p>
            )}
            <h1>{title}</h1>
            <p class="quiet">{what}</p>
          </header>
          {children}
        </main>
      </div>
    ),
  })
}
