import type { ComponentChildren } from 'preact'
import type { DeskFrame } from '../desk/props.ts'
import { Rail } from '../desk/rail.tsx'
import { renderDocument } from '../layout.tsx'

/** A page of one's own account: the rail, a heading, cards in one column. */
export function renderMeDocument(
  frame: DeskFrame,
  page: { title: string; what: string; back?: boolean; children: ComponentChildren },
): string {
  const { t } = frame.words
  return renderDocument({
    frame,
    title: page.title,
    page: 'desk setup-page',
    scripts: ['forms'],
    children: (
      <div class="panes">
        <Rail frame={frame} page="me" />
        <main class="setup" id="main">
          <header>
            {page.back && (
              <p class="small">
                <a class="link" href="/desk/me">
                  {t('me:title')}
                </a>
              </p>
            )}
            <h1>{page.title}</h1>
            <p class="quiet">{page.what}</p>
          </header>
          {page.children}
        </main>
      </div>
    ),
  })
}
