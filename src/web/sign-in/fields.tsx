import type { ComponentChildren } from 'preact'
import type { Words } from '../../words/words.ts'

/** Why a page of signing in came back; each has words of its own. */
export const signInProblems = [
  'wrong',
  'over',
  'code',
  'password',
  'short',
  'long',
  'common',
  'personal',
  'differs',
  'tries',
  'name',
] as const
export type SignInProblem = { kind: (typeof signInProblems)[number]; minutes?: number }

/** What went wrong and the mend, over the form. */
export function Problem({ problem, words }: { problem: SignInProblem | undefined; words: Words }) {
  if (!problem) return null
  const count = problem.minutes ?? 1
  return (
    <p class="banner" role="alert" id="problem">
      {words.t(`sign-in:problem.${problem.kind}`, { count, n: words.number(count) })}
    </p>
  )
}

interface InputProps {
  name: string
  label: string
  hint?: string
  type?: 'text' | 'email' | 'password' | 'url'
  autoComplete: string
  value?: string
  inputMode?: 'numeric' | 'email' | 'text'
  focus?: boolean
  maxLength?: number
  /** It is what the problem over the form is about, unless it has a mend of its own. */
  wrong?: boolean
  mend?: string
}

/** One labelled field of a form of signing in; browsers and password programs know it by its kind. */
export function Input({ name, label, hint, type = 'text', value, focus, wrong, mend, ...rest }: InputProps) {
  const described = [hint && `${name}-hint`, wrong && (mend ? `${name}-mend` : 'problem')]
    .filter(Boolean)
    .join(' ')
  const shared = {
    id: name,
    name,
    value: value ?? '',
    dir: type === 'text' && rest.inputMode !== 'numeric' ? ('auto' as const) : ('ltr' as const),
    required: true,
    autoCapitalize: 'none' as const,
    spellcheck: false,
    ...(focus && { autofocus: true }),
    ...(wrong && { 'aria-invalid': true }),
    ...(described && { 'aria-describedby': described }),
    ...rest,
  }
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {type === 'email' ? (
        <input type="email" {...shared} />
      ) : type === 'url' ? (
        <input type="url" {...shared} />
      ) : type === 'password' ? (
        <input type="password" {...shared} />
      ) : (
        <input type="text" {...shared} />
      )}
      {hint && (
        <small id={`${name}-hint`} class="quiet">
          {hint}
        </small>
      )}
      {mend && (
        <small id={`${name}-mend`} class="bad" role="alert">
          {mend}
        </small>
      )}
    </div>
  )
}

/** Two fields for a password that is chosen. */
export function NewPassword({
  words,
  problem,
  focus = false,
}: {
  words: Words
  problem: SignInProblem | undefined
  focus?: boolean
}) {
  const { t } = words
  const wrong = ['short', 'long', 'common', 'personal'].includes(problem?.kind ?? '')
  return (
    <>
      <Input
        name="password"
        type="password"
        label={t('sign-in:newPassword')}
        hint={t('sign-in:passwordHint')}
        autoComplete="new-password"
        wrong={wrong}
        focus={focus}
      />
      <Input
        name="again"
        type="password"
        label={t('sign-in:again')}
        autoComplete="new-password"
        wrong={problem?.kind === 'differs'}
      />
    </>
  )
}

/** What a form carries from page to page. */
export function Carried({ values }: { values: Record<string, string | undefined> }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) =>
        value === undefined ? null : <input type="hidden" name={name} value={value} />,
      )}
    </>
  )
}

export function SignInForm({
  action,
  button,
  children,
}: {
  action: string
  button: string
  children: ComponentChildren
}) {
  return (
    <form class="sign-in" method="post" action={action} data-once>
      {children}
      <button type="submit" class="send wide">
        {button}
      </button>
    </form>
  )
}
