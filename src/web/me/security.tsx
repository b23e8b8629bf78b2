import { CsrfField } from '../layout.tsx'
import { Carried, Input, NewPassword, Problem } from '../sign-in/fields.tsx'
import { renderMeDocument } from './frame.tsx'
import type { CodesProps, EnrolProps, OwnPasswordProps, SecondFactorProps } from './props.ts'

/** /desk/me/password: whoever signed in with a link comes here first. */
export function renderOwnPassword(props: OwnPasswordProps): string {
  const { t } = props.words
  return renderMeDocument(props, {
    title: t(props.hasPassword ? 'me:password.change' : 'me:password.choose'),
    what: t(props.hasPassword ? 'me:password.changeText' : 'me:password.chooseText'),
    back: true,
    children: (
      <section class="card">
        <Problem problem={props.problem} words={props.words} />
        <form class="narrow" method="post" action="/desk/me/password" data-once>
          <CsrfField frame={props} />
          <input type="hidden" name="email" value={props.email} autoComplete="username" />
          {props.hasPassword && (
            <Input
              name="current"
              type="password"
              label={t('me:password.current')}
              autoComplete="current-password"
              focus
              wrong={props.problem?.kind === 'password'}
            />
          )}
          <NewPassword words={props.words} problem={props.problem} focus={!props.hasPassword} />
          <p class="more">
            <button type="submit" class="button first">
              {t('sign-in:choose.save')}
            </button>
            {!props.hasPassword && (
              <a class="link" href="/desk">
                {t('me:password.later')}
              </a>
            )}
          </p>
        </form>
      </section>
    ),
  })
}

/** /desk/me/second-factor while it is off: the picture, the secret in letters, and the first code. */
export function renderEnrol(props: EnrolProps): string {
  const { t } = props.words
  return renderMeDocument(props, {
    title: t('me:second.setUp'),
    what: t(props.required ? 'me:second.required' : 'me:second.off'),
    back: !props.required,
    children: (
      <section class="card">
        <Problem problem={props.problem} words={props.words} />
        <ol class="steps">
          <li>{t('me:second.step.program')}</li>
          <li>
            {t('me:second.step.scan')}
            <QrCode rows={props.qr} label={t('me:second.picture')} />
            <p class="small quiet">{t('me:second.step.letters')}</p>
            <p class="secret" dir="ltr">
              <code>{props.secret}</code>
            </p>
          </li>
          <li>
            {t('me:second.step.code')}
            <form class="narrow" method="post" action="/desk/me/second-factor/on" data-once>
              <CsrfField frame={props} />
              <Carried values={{ sealed: props.sealed }} />
              <Input
                name="code"
                label={t('me:second.code')}
                autoComplete="one-time-code"
                inputMode="numeric"
                maxLength={10}
                wrong={props.problem?.kind === 'code'}
              />
              <button type="submit" class="button first">
                {t('me:second.turnOn')}
              </button>
            </form>
          </li>
        </ol>
      </section>
    ),
  })
}

/* A quiet border of four squares, which readers need to find the picture. */
const border = 4

function QrCode({ rows, label }: { rows: boolean[][]; label: string }) {
  const size = rows.length + 2 * border
  const path = rows
    .flatMap((row, y) => runsOf(row).map(([x, n]) => `M${x + border} ${y + border}h${n}v1h-${n}z`))
    .join('')
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

/** Where dark squares begin in a row, and how many stand beside each other. */
function runsOf(row: boolean[]): [start: number, length: number][] {
  const runs: [number, number][] = []
  for (const [x, dark] of row.entries()) {
    const last = runs.at(-1)
    if (dark && last && last[0] + last[1] === x) last[1] += 1
    else if (dark) runs.push([x, 1])
  }
  return runs
}

/** /desk/me/second-factor while it is on: new recovery codes, or off. */
export function renderSecondFactor(props: SecondFactorProps): string {
  const { t, number } = props.words
  const { codesLeft: count } = props
  return renderMeDocument(props, {
    title: t('me:second.manage'),
    what: `${t('me:second.on')} ${t('me:second.codesLeft', { count, n: number(count) })}`,
    back: true,
    children: (
      <section class="card">
        <Problem problem={props.problem} words={props.words} />
        <p class="quiet">{t('me:second.confirm')}</p>
        <form class="narrow" method="post" action="/desk/me/second-factor">
          <CsrfField frame={props} />
          <input type="hidden" name="email" value={props.email} autoComplete="username" />
          <Input
            name="password"
            type="password"
            label={t('me:password.current')}
            autoComplete="current-password"
            wrong={props.problem?.kind === 'password'}
          />
          <Input
            name="code"
            label={t('me:second.code')}
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={10}
            wrong={props.problem?.kind === 'code'}
          />
          <p class="more">
            <button type="submit" class="button first" name="act" value="codes">
              {t('me:second.newCodes')}
            </button>
            <button type="submit" class="button" name="act" value="off">
              {t('me:second.turnOff')}
            </button>
          </p>
          {props.required && <small class="quiet">{t('me:second.offRequired')}</small>}
        </form>
      </section>
    ),
  })
}

/** The recovery codes after they were made; no other page shows them. */
export function renderCodes(props: CodesProps): string {
  const { t } = props.words
  return renderMeDocument(props, {
    title: t('me:codes.title'),
    what: t('me:codes.what'),
    children: (
      <section class="card">
        <ol class="codes" dir="ltr">
          {props.codes.map((code) => (
            <li>
              <code>{code}</code>
            </li>
          ))}
        </ol>
        <p class="more">
          <a class="button first" href="/desk/me">
            {t('me:codes.kept')}
          </a>
        </p>
      </section>
    ),
  })
}
