import type { DeskFrame } from '../desk/props.ts'
import { CsrfField } from '../layout.tsx'
import { renderSetupPage } from './frame.tsx'

export const keyScopes = ['read', 'write', 'supervise', 'administer'] as const
export type KeyScope = (typeof keyScopes)[number]

export interface KeyRow {
  id: string
  name: string
  scopes: KeyScope[]
  createdAt: Date
  revokedAt?: Date
}

/** /desk/setup/keys */
export interface KeysPageProps extends DeskFrame {
  keys: KeyRow[]
  /** The one that was made just now; no other page shows it. */
  made?: string
  revoked: boolean
  wrong: string[]
}

/** API keys of the shop, as a whole document. For owners. */
export function renderKeysPage(props: KeysPageProps): string {
  const { t } = props.words
  return renderSetupPage(props, {
    title: t('keys:title'),
    what: t('keys:what'),
    back: { href: '/desk/setup', label: t('desk:setup') },
    children: (
      <>
        {props.made !== undefined && (
          <section class="card amber" role="status">
            <h2>{t('keys:made')}</h2>
            <p class="quiet">{t('keys:madeText')}</p>
            <p class="secret" dir="ltr">
              <code>{props.made}</code>
            </p>
          </section>
        )}
        {props.revoked && (
          <p class="banner good" role="status">
            {t('keys:revoked')}
          </p>
        )}
        {props.keys.length === 0 ? (
          <p class="empty quiet">{t('keys:empty')}</p>
        ) : (
          <ul class="card people-of-shop">
            {props.keys.map((key) => (
              <Key row={key} props={props} />
            ))}
          </ul>
        )}
        <Make props={props} />
      </>
    ),
  })
}

function Key({ row, props }: { row: KeyRow; props: KeysPageProps }) {
  const { t, dateTime } = props.words
  const name = row.name || t('keys:noName', { id: row.id })
  return (
    <li class={row.revokedAt ? 'gone line' : 'line'}>
      <span>
        <b dir="auto">{name}</b>{' '}
        {row.scopes.map((scope) => (
          <span class="tag">{t(`keys:scope.${scope}`)}</span>
        ))}{' '}
        <span class="small quiet">
          {t('keys:since', { at: dateTime(row.createdAt, props.timeZone) })}
          {row.revokedAt && ` · ${t('keys:until', { at: dateTime(row.revokedAt, props.timeZone) })}`}
        </span>
      </span>
      {!row.revokedAt && (
        <form method="post" action={`/desk/setup/keys/${row.id}/revoke`} data-once>
          <CsrfField frame={props} />
          <button type="submit" class="button" aria-label={t('keys:revokeOf', { name })}>
            {t('keys:revoke')}
          </button>
        </form>
      )}
    </li>
  )
}

function Make({ props }: { props: KeysPageProps }) {
  const { t } = props.words
  return (
    <section class="card">
      <h2>{t('keys:make')}</h2>
      <form method="post" action="/desk/setup/keys" data-once>
        <CsrfField frame={props} />
        <div class="field">
          <label for="key-name">{t('keys:name')}</label>
          <input id="key-name" name="name" dir="auto" autoComplete="off" maxLength={100} />
          <small class="quiet">{t('keys:nameHint')}</small>
        </div>
        <fieldset class="choices">
          <legend>{t('keys:scopes')}</legend>
          {keyScopes.map((scope) => (
            <label>
              <input type="checkbox" name={`scope.${scope}`} value="on" checked={scope === 'read'} />
              <span>
                {t(`keys:scope.${scope}`)} <small class="quiet">{t(`keys:may.${scope}`)}</small>
              </span>
            </label>
          ))}
          {props.wrong.includes('scopes') && (
            <small class="bad" role="alert">
              {t('keys:wrongScopes')}
            </small>
          )}
        </fieldset>
        <button type="submit" class="button first">
          {t('keys:make')}
        </button>
      </form>
    </section>
  )
}
