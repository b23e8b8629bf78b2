import { CsrfField, renderDocument } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import { Plain } from './plain.tsx'

export interface LoginPageProps extends PageFrame {
  /** Why the reader stands here; absent when nobody is signed in and no link was used. */
  reason?: 'expired' | 'used' | 'unknown' | 'signed_out'
}

/** /login: there is no password; says what became of the link and how to get another. */
export function renderLoginPage(props: LoginPageProps): string {
  const { t } = props.words
  const reason = props.reason ?? 'none'
  return renderDocument({
    frame: props,
    title: t('login:title'),
    page: 'plain-page',
    children: (
      <Plain frame={props} heading={t(`login:reason.${reason}.title`)}>
        <p class="quiet">{t(`login:reason.${reason}.text`)}</p>
        <h2>{t('login:how')}</h2>
        <p class="quiet">{t('login:howText')}</p>
        <pre class="command">
          <code>{t('login:command')}</code>
        </pre>
      </Plain>
    ),
  })
}

export interface SignInPageProps extends PageFrame {
  agentName: string
  shopName: string
  /** Where the button posts; the link itself signs nobody in, because mail scanners open links. */
  action: string
}

export function renderSignInPage(props: SignInPageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('login:title'),
    page: 'plain-page',
    scripts: ['forms'],
    children: (
      <Plain frame={props} heading={props.shopName}>
        <p class="quiet">{t('login:confirmText')}</p>
        <form method="post" action={props.action} data-once>
          <CsrfField frame={props} />
          <button class="send wide" type="submit" data-busy={t('login:signingIn')}>
            {t('login:signInAs', { name: isolate(props.agentName) })}
          </button>
        </form>
      </Plain>
    ),
  })
}
