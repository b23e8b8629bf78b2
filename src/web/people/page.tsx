import { Rail } from '../desk/rail.tsx'
import { Mark, renderDocument } from '../layout.tsx'
import { PeopleSheet } from './people.tsx'
import type { DeskPeopleProps, PortalPeopleProps } from './props.ts'

/** /portal/:token/people as a whole document: for the owner of the account, phone first. */
export function renderPortalPeople(props: PortalPeopleProps): string {
  return renderDocument({
    frame: props,
    title: props.words.t('people:title'),
    page: 'portal-page',
    scripts: ['forms'],
    children: (
      <main class="portal members" id="main">
        <header>
          <Mark name={props.shopName} />
          <bdi class="quiet small">{props.readerName}</bdi>
        </header>
        <PeopleSheet frame={props} given={props.people} />
      </main>
    ),
  })
}

/** /desk/customers/:id/people as a whole document. */
export function renderDeskPeople(props: DeskPeopleProps): string {
  return renderDocument({
    frame: props,
    title: props.words.t('people:title'),
    page: 'desk',
    scripts: ['forms'],
    children: (
      <div class="panes">
        <Rail frame={props} />
        <main class="members" id="main">
          <PeopleSheet frame={props} given={props.people} />
        </main>
      </div>
    ),
  })
}
