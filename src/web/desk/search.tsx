import type { ListPlaceProps } from './list-props.ts'
import type { DeskFrame } from './props.ts'

/** Search works as a plain GET form; "/" puts the cursor into it when the script runs. */
export function Search({ frame, place }: { frame: DeskFrame; place: ListPlaceProps }) {
  const { t } = frame.words
  return (
    <search>
      <form class="search" action="/desk" method="get">
        <input type="hidden" name="view" value={place.view} />
        <input
          type="search"
          name="q"
          dir="auto"
          value={place.query ?? ''}
          placeholder={t('list:search.placeholder')}
          aria-label={t('list:search.label')}
          data-search
        />
        <span class="key" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  )
}
