import { renderDocument } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
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
          <code>
            {t('login:command')
              .split(/ (?=--)/)
              .map((option, index) => (
                <>
                  {index > 0 && ' '}
                  <span>{option}</span>
                </>
              ))}
          </code>
        </pre>
      </Plain>
    ),
  })
}
