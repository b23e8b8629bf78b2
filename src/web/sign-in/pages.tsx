import type { ComponentChildren } from 'preact'
import { renderDocument } from '../layout.tsx'
import { Plain } from '../plain/plain.tsx'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import { Carried, Input, NewPassword, Problem, SignInForm, type SignInProblem } from './fields.tsx'

export interface SignInPage extends PageFrame {
  problem?: SignInProblem
  /** Where to go when it is done; a path of ours. */
  next?: string
}

export interface LoginPageProps extends SignInPage {
  /** Why the reader stands here; absent when nobody is signed in and no link was used. */
  reason?: 'expired' | 'used' | 'unknown' | 'signed_out'
  email?: string
}

function page(props: PageFrame, heading: string, children: ComponentChildren): string {
  return renderDocument({
    frame: props,
    title: heading,
    page: 'plain-page',
    scripts: ['forms'],
    children: (
      <Plain frame={props} heading={heading}>
        {children}
      </Plain>
    ),
  })
}

/** /login: e-mail and password; what became of a link that did not work. */
export function renderLoginPage(props: LoginPageProps): string {
  const { t } = props.words
  const reason = props.reason ?? 'none'
  return page(
    props,
    t(`login:reason.${reason}.title`),
    <>
      {reason !== 'none' && <p class="quiet">{t(`login:reason.${reason}.text`)}</p>}
      <Problem problem={props.problem} words={props.words} />
      <SignInForm action="/login" button={t('sign-in:signIn')}>
        <Carried values={{ next: props.next }} />
        <Input
          name="email"
          type="email"
          label={t('sign-in:email')}
          autoComplete="username"
          inputMode="email"
          value={props.email ?? ''}
          focus={props.email === undefined}
        />
        <Input
          name="password"
          type="password"
          label={t('sign-in:password')}
          autoComplete="current-password"
          focus={props.email !== undefined}
          wrong={props.problem?.kind === 'wrong'}
        />
      </SignInForm>
      <p>
        <a class="link" href="/login/forgotten">
          {t('sign-in:forgotten.link')}
        </a>
      </p>
      <details class="fold small">
        <summary>{t('login:how')}</summary>
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
      </details>
    </>,
  )
}

export interface ShopPageProps extends SignInPage {
  shops: { name: string; step: string }[]
}

/** After the password, for somebody who works for several shops: which one. */
export function renderShopPage(props: ShopPageProps): string {
  const { t } = props.words
  return page(
    props,
    t('sign-in:shop.title'),
    <>
      <p class="quiet">{t('sign-in:shop.text')}</p>
      <form class="sign-in" method="post" action="/login/shop">
        <Carried values={{ next: props.next }} />
        {props.shops.map(({ name, step }) => (
          <button type="submit" class="button wide" name="step" value={step} dir="auto">
            {name}
          </button>
        ))}
      </form>
    </>,
  )
}

export interface CodePageProps extends SignInPage {
  step: string
}

/** After the password: the code of the phone, or one of the codes that were kept. */
export function renderCodePage(props: CodePageProps): string {
  const { t } = props.words
  return page(
    props,
    t('sign-in:code.title'),
    <>
      <p class="quiet">{t('sign-in:code.text')}</p>
      <Problem problem={props.problem} words={props.words} />
      <SignInForm action="/login/code" button={t('sign-in:signIn')}>
        <Carried values={{ next: props.next, step: props.step }} />
        <Input
          name="code"
          label={t('sign-in:code.label')}
          hint={t('sign-in:code.hint')}
          autoComplete="one-time-code"
          maxLength={40}
          focus
          wrong={props.problem?.kind === 'code'}
        />
      </SignInForm>
      <p>
        <a class="link" href="/login">
          {t('sign-in:begin')}
        </a>
      </p>
    </>,
  )
}

export interface ForgottenPageProps extends SignInPage {
  /** It was asked for; whether there is such an agent is not told. */
  sent: boolean
  /** Mail is not set up, so none can be sent. */
  noMail: boolean
}

/** /login/forgotten */
export function renderForgottenPage(props: ForgottenPageProps): string {
  const { t } = props.words
  const back = (
    <p>
      <a class="link" href="/login">
        {t('sign-in:back')}
      </a>
    </p>
  )
  if (props.sent) {
    return page(
      props,
      t('sign-in:forgotten.sentTitle'),
      <>
        <p class="quiet" role="status">
          {t('sign-in:forgotten.sentText')}
        </p>
        {back}
      </>,
    )
  }
  return page(
    props,
    t('sign-in:forgotten.title'),
    <>
      <p class="quiet">{t(props.noMail ? 'sign-in:forgotten.noMail' : 'sign-in:forgotten.text')}</p>
      <Problem problem={props.problem} words={props.words} />
      {!props.noMail && (
        <SignInForm action="/login/forgotten" button={t('sign-in:forgotten.send')}>
          <Input
            name="email"
            type="email"
            label={t('sign-in:email')}
            autoComplete="username"
            inputMode="email"
            focus
          />
        </SignInForm>
      )}
      {back}
    </>,
  )
}

export interface PasswordPageProps extends SignInPage {
  action: string
  agentName: string
  email: string
  shopName: string
  /** Somebody who was invited and has no password yet. */
  first: boolean
}

/** /login/password/TOKEN: the link of an invitation, or of a forgotten password. */
export function renderPasswordPage(props: PasswordPageProps): string {
  const { t } = props.words
  return page(
    props,
    t(props.first ? 'sign-in:choose.welcome' : 'sign-in:choose.title', { name: isolate(props.agentName) }),
    <>
      <p class="quiet">{t('sign-in:choose.text', { shop: isolate(props.shopName) })}</p>
      <Problem problem={props.problem} words={props.words} />
      <SignInForm action={props.action} button={t('sign-in:choose.save')}>
        <input type="hidden" name="email" value={props.email} autoComplete="username" />
        <NewPassword words={props.words} problem={props.problem} focus />
      </SignInForm>
    </>,
  )
}
