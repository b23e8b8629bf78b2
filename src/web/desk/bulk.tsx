import { CsrfField } from '../layout.tsx'
import { AgentField, TagField, UntilField } from './act-fields.tsx'
import type { DeskListProps } from './list-props.ts'
import type { View } from './props.ts'

type Act = 'close' | 'reopen' | 'wake' | 'spam' | 'not_spam' | 'take' | 'merge'

/** Of a list whose rows stand so already, the way back stands in place of the act. */
function actsOf(view: View): Act[] {
  if (view === 'spam') return ['not_spam', 'close']
  const close: Act[] = view === 'closed' ? ['reopen'] : ['close']
  return [...(view === 'snoozed' ? (['wake'] as const) : []), ...close, 'take', 'merge', 'spam']
}

/**
 * What can be done with the rows that are ticked; their boxes belong to this form by its id. Shown, without a script, once a box is
 * ticked (32-list.css).
 */
export function BulkBar({ props }: { props: DeskListProps }) {
  const { words, choices } = props
  const { t } = words
  return (
    <form class="bulk" id="acts" method="post" action="/desk/acts" aria-label={t('list:act.label')}>
      <CsrfField frame={props} />
      <input type="hidden" name="from" value="list" />
      <b class="num" data-selected={t('list:act.selected', { n: '{n}' })} />
      <span class="bulk-plain">
        {actsOf(props.place.query ? 'all' : props.place.view).map((act) => (
          <button type="submit" name="act" value={act} data-act={act}>
            {t(act === 'take' ? 'list:act.takeAll' : `list:act.${act}`)}
          </button>
        ))}
      </span>
      <span class="bulk-with">
        <AgentField choices={choices} words={words} />
        <button type="submit" name="act" value="assign">
          {t('list:act.assign')}
        </button>
      </span>
      <span class="bulk-with">
        <TagField choices={choices} words={words} />
        <button type="submit" name="act" value="tag">
          {t('list:act.tag')}
        </button>
      </span>
      <span class="bulk-with">
        <UntilField words={words} />
        <button type="submit" name="act" value="snooze">
          {t('list:act.snooze')}
        </button>
      </span>
    </form>
  )
}
