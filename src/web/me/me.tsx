import { CsrfField } from '../layout.tsx'
import { Input, Problem } from '../sign-in/fields.tsx'
import { renderMeDocument } from './frame.tsx'
import type { LoginRow, MePageProps } from './props.ts'

/** /desk/me: name, password, second factor, and where one is signed in. */
export function renderMePage(props: MePageProps): string {
  const { t } = props.words
  return renderMeDocument(props, {
    title: t('me:title'),
    what: t('me:what', { email: props.email }),
    children: (
      <>
        {props.done && (
          <p class="banner good" role="status">
            {t(`me:done.${props.done}`)}
          </p>
        )}
        <Problem problem={props.problem} words={props.words} />
        <NameCard props={props} />
        <section class="card">
          <h2>{t('me:password.title')}</h2>
          <p class="quiet">
            {props.passwordSetAt
              ? t('me:password.since', { at: props.words.dateTime(props.passwordSetAt, props.timeZone) })
              : t('me:password.none')}
          </p>
          <p class="more">
            <a class="button" href="/desk/me/password">
              {t(props.passwordSetAt ? 'me:password.change' : 'me:password.choose')}
            </a>
          </p>
        </section>
        <SecondFactorCard props={props} />
        <LoginsCard props={props} />
      </>
    ),
  })
}

function NameCard({ props }: { props: MePageProps }) {
  const { t } = props.words
  return (
    <section class="card">
      <h2>{t('me:name.title')}</h2>
      <form class="one-line" method="post" action="/desk/me" data-once>
        <CsrfField frame={props} />
        <Input
          name="name"
          label={t('me:name.label')}
          hint={t('me:name.hint')}
          autoComplete="name"
          maxLength={100}
          value={props.name ?? props.agentName}
          wrong={props.problem?.kind === 'name'}
        />
        <button type="submit" class="button">
          {t('me:save')}
        </button>
      </form>
    </section>
  )
}

function SecondFactorCard({ props }: { props: MePageProps }) {
  const { t, number } = props.words
  const { codesLeft: count } = props
  return (
    <section class={props.hasSecondFactor ? 'card' : 'card amber'}>
      <h2>{t('me:second.title')}</h2>
      {props.hasSecondFactor ? (
        <p class="quiet">
          {t('me:second.on')} {t('me:second.codesLeft', { count, n: number(count) })}
        </p>
      ) : (
        <p class="quiet">{t(props.secondFactorRequired ? 'me:second.required' : 'me:second.off')}</p>
      )}
      <p class="more">
        <a class="button" href="/desk/me/second-factor">
          {t(props.hasSecondFactor ? 'me:second.manage' : 'me:second.setUp')}
        </a>
      </p>
    </section>
  )
}

function LoginsCard({ props }: { props: MePageProps }) {
  const { t } = props.words
  return (
    <section class="card">
      <h2>{t('me:logins.title')}</h2>
      <p class="quiet">{t('me:logins.text')}</p>
      <ul class="logins">
        {props.logins.map((login) => (
          <Login login={login} props={props} />
        ))}
      </ul>
      {props.logins.some(({ here }) => !here) && (
        <form method="post" action="/desk/me/logins/end">
          <CsrfField frame={props} />
          <button type="submit" class="button">
            {t('me:logins.endAll')}
          </button>
        </form>
      )}
    </section>
  )
}

function Login({ login, props }: { login: LoginRow; props: MePageProps }) {
  const { words, timeZone } = props
  const { t } = words
  const device = login.device || t('me:logins.unknown')
  return (
    <li>
      <span>
        <bdi>
          <b>{device}</b>
        </bdi>
        {login.here && <span class="tag">{t('me:logins.here')}</span>}
        <span class="small quiet">
          {login.address !== '' && (
            <>
              <bdi class="num">{login.address}</bdi>
              {' · '}
            </>
          )}
          {t('me:logins.times', {
            seen: words.dateTime(login.seenAt, timeZone),
            since: words.dateTime(login.createdAt, timeZone),
          })}
        </span>
      </span>
      {!login.here && (
        <form method="post" action={`/desk/me/logins/${login.id}/end`}>
          <CsrfField frame={props} />
          <button type="submit" class="button" aria-label={t('me:logins.endOf', { device })}>
            {t('me:logins.end')}
          </button>
        </form>
      )}
    </li>
  )
}
