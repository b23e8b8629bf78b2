import { renderDocument } from '../layout.tsx'
import { Plain } from '../plain/plain.tsx'
import type { PageFrame } from '../props.ts'
import { Input, NewPassword, Problem, SignInForm, type SignInProblem } from '../sign-in/fields.tsx'

/** The fields of the form that can be wrong by themselves; each has a mend of its own. */
export const startFields = ['shopName', 'url', 'timezone', 'locale', 'name', 'email'] as const
export type StartField = (typeof startFields)[number]

export interface StartPageProps extends PageFrame {
  action: string
  values: Record<StartField, string>
  wrong: StartField[]
  problem?: SignInProblem
  timeZones: string[]
  locales: readonly string[]
}

/** /start/TOKEN: the first shop and its owner, as a whole document. */
export function renderStartPage(props: StartPageProps): string {
  const { t, locale: own } = props.words
  const first = props.problem === undefined && props.wrong.length === 0
  const field = (name: StartField) => {
    const wrong = props.wrong.includes(name)
    return {
      name,
      label: t(`first-start:${name}`),
      value: props.values[name],
      ...(wrong && { wrong, mend: t(`first-start:wrong.${name}`) }),
    }
  }
  const languageName = (locale: string) =>
    new Intl.DisplayNames([own], { type: 'language' }).of(locale) ?? locale
  return renderDocument({
    frame: props,
    title: t('first-start:title'),
    page: 'plain-page',
    scripts: ['forms'],
    children: (
      <Plain frame={props} heading={t('first-start:title')}>
        <p class="quiet">{t('first-start:text')}</p>
        <Problem problem={props.problem} words={props.words} />
        <SignInForm action={props.action} button={t('first-start:make')}>
          <fieldset>
            <legend>{t('first-start:shop')}</legend>
            <Input {...field('shopName')} autoComplete="organization" maxLength={200} focus />
            <Input {...field('url')} type="url" autoComplete="url" hint={t('first-start:urlHint')} />
            <Choice {...field('timezone')} hint={t('first-start:timezoneHint')} guess={first}>
              {props.timeZones.map((zone) => ({ value: zone, text: zone.replaceAll('_', ' ') }))}
            </Choice>
            <Choice {...field('locale')} hint={t('first-start:localeHint')}>
              {props.locales.map((locale) => ({ value: locale, text: languageName(locale) }))}
            </Choice>
          </fieldset>
          <fieldset>
            <legend>{t('first-start:owner')}</legend>
            <Input {...field('name')} autoComplete="name" maxLength={100} hint={t('first-start:nameHint')} />
            <Input {...field('email')} type="email" autoComplete="username" inputMode="email" />
            <NewPassword words={props.words} problem={props.problem} />
          </fieldset>
        </SignInForm>
      </Plain>
    ),
  })
}

interface ChoiceProps {
  name: string
  label: string
  value: string
  hint: string
  wrong?: boolean
  mend?: string
  /** A script may put the browser's own in its place. */
  guess?: boolean
  children: { value: string; text: string }[]
}

function Choice({ name, label, value, hint, wrong, mend, guess, children }: ChoiceProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select
        id={name}
        name={name}
        aria-describedby={wrong ? `${name}-hint ${name}-mend` : `${name}-hint`}
        {...(wrong && { 'aria-invalid': true })}
        {...(guess && { 'data-zone': true })}
      >
        {children.map((one) => (
          <option value={one.value} selected={one.value === value}>
            {one.text}
          </option>
        ))}
      </select>
      <small class="quiet" id={`${name}-hint`}>
        {hint}
      </small>
      {mend && (
        <small class="bad" role="alert" id={`${name}-mend`}>
          {mend}
        </small>
      )}
    </div>
  )
}

export interface StartOverProps extends PageFrame {
  /** There is a shop: signing in is what is left. Otherwise the link is unknown or too old. */
  made: boolean
}

/** A link of the first start that does not work, and what to do. */
export function renderStartOver(props: StartOverProps): string {
  const { t } = props.words
  const state = props.made ? 'made' : 'over'
  return renderDocument({
    frame: props,
    title: t(`first-start:${state}.title`),
    page: 'plain-page',
    children: (
      <Plain frame={props} heading={t(`first-start:${state}.title`)}>
        <p class="quiet">{t(`first-start:${state}.text`)}</p>
        {props.made && (
          <a class="send wide" href="/login">
            {t('sign-in:signIn')}
          </a>
        )}
      </Plain>
    ),
  })
}

/** "/" and /login while there is no shop: where the link is to be found. */
export function renderNoShop(props: PageFrame): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('first-start:none.title'),
    page: 'plain-page',
    children: (
      <Plain frame={props} heading={t('first-start:none.title')}>
        <p class="quiet">{t('first-start:none.text')}</p>
        <p class="quiet">{t('first-start:none.where')}</p>
        <pre class="command">
          <code>{t('cli:done.firstStart', { link: t('first-start:none.link') })}</code>
        </pre>
        <p class="small quiet">{t('first-start:none.again')}</p>
      </Plain>
    ),
  })
}
