import type { PageFrame } from '../props.ts'

/** What the keyboard does on a page, shown by "?" (browser/keys.ts). `keys`: names of `talk:keys`, with the keys themselves. */
export function KeyHelp({ keys, frame }: { keys: readonly (readonly [string, string])[]; frame: PageFrame }) {
  const { t } = frame.words
  return (
    <dialog class="keys" id="keys" aria-labelledby="keys-title">
      <form method="dialog">
        <h2 id="keys-title">{t('talk:keys.title')}</h2>
        <dl>
          {keys.map(([key, name]) => (
            <div>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(`talk:keys.${name}`)}</dd>
            </div>
          ))}
        </dl>
        <button type="submit">{t('talk:keys.close')}</button>
      </form>
    </dialog>
  )
}

export const ticketKeys = [
  ['r', 'reply'],
  ['n', 'note'],
  ['a', 'assign'],
  ['j', 'next'],
  ['k', 'previous'],
  ['z', 'undo'],
  ['/', 'search'],
  ['Esc', 'leave'],
  ['?', 'help'],
] as const

export const listKeys = [
  ['j', 'next'],
  ['k', 'previous'],
  ['x', 'tick'],
  ['z', 'undo'],
  ['/', 'search'],
  ['Esc', 'leave'],
  ['?', 'help'],
] as const
