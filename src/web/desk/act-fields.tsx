import type { Words } from '../../words/words.ts'
import type { ActChoices } from './list-props.ts'

/** Whom to give tickets to. */
export function AgentField({
  choices,
  words,
  current,
}: {
  choices: ActChoices
  words: Words
  current?: string | undefined
}) {
  const { t } = words
  return (
    <select name="agent" aria-label={t('list:act.assignTo')} data-assign>
      <option value="">{t('list:act.nobody')}</option>
      {choices.agents.map(({ id, name }) => (
        <option value={id} selected={id === current}>
          {name}
        </option>
      ))}
    </select>
  )
}

/** A tag, with those in use to choose from. */
export function TagField({ choices, words }: { choices: ActChoices; words: Words }) {
  const { t } = words
  return (
    <>
      <input
        type="text"
        name="tags"
        list="known-tags"
        dir="auto"
        maxLength={200}
        autocomplete="off"
        aria-label={t('list:act.tags')}
        placeholder={t('list:act.tagPlaceholder')}
        data-tags
      />
      <datalist id="known-tags">
        {choices.tags.map((tag) => (
          <option value={tag} />
        ))}
      </datalist>
    </>
  )
}

/** Until when; the day counts when it is chosen. */
export function UntilField({ words }: { words: Words }) {
  const { t } = words
  return (
    <>
      <select name="until" aria-label={t('list:act.until')} data-until>
        {(['tomorrow', 'later', 'week', 'day'] as const).map((choice) => (
          <option value={choice}>{t(`list:act.${choice}`)}</option>
        ))}
      </select>
      <input type="date" name="day" aria-label={t('list:act.day')} />
    </>
  )
}
