import { CsrfField, renderDocument } from '../layout.tsx'
import { isolate } from '../text.tsx'
import type { MergePageProps, MergePerson, MergeStep } from './merge-props.ts'
import { Rail } from './rail.tsx'

/** /desk/customers/:id/merge as a whole document: find the other customer, see what would happen, confirm. */
export function renderMergePage(props: MergePageProps): string {
  const { t } = props.words
  const { step } = props
  return renderDocument({
    frame: props,
    title: t('merge:title'),
    page: 'desk merge-page',
    children: (
      <div class="panes">
        <Rail frame={props} />
        <main class="merge" id="main">
          <a class="link" href={props.backHref}>
            {t('merge:back')}
          </a>
          <h1>{t('merge:into', { name: isolate(props.target.name || t('desk:noName')) })}</h1>
          <p class="quiet">{t('merge:what')}</p>
          {props.error && (
            <p class="banner" role="alert">
              {t('merge:failed', { reason: props.error })}
            </p>
          )}
          {step.kind === 'find' ? <Find props={props} step={step} /> : <Compare props={props} step={step} />}
        </main>
      </div>
    ),
  })
}

function Find({ props, step }: { props: MergePageProps; step: Extract<MergeStep, { kind: 'find' }> }) {
  const { t } = props.words
  return (
    <>
      <form class="card find" method="get" action={props.action}>
        {props.ticket && <input type="hidden" name="ticket" value={props.ticket} />}
        <label>
          {t('merge:who')}
          <input type="search" name="who" value={step.who ?? ''} required dir="auto" autoComplete="off" />
        </label>
        <button class="send" type="submit">
          {t('merge:find')}
        </button>
      </form>
      {step.found?.length === 0 && (
        <p class="card quiet" role="status">
          {t('merge:nobody')}
        </p>
      )}
      {step.found && step.found.length > 0 && (
        <ul class="found">
          {step.found.map((person) => (
            <li class="card">
              <Person person={person} props={props} />
              <a class="button" href={compareHref(props, person)}>
                {t('merge:compare')}
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function compareHref({ action, ticket }: MergePageProps, person: MergePerson): string {
  return `${action}?${new URLSearchParams({ source: person.id, ...(ticket && { ticket }) })}`
}

function Person({ person, props }: { person: MergePerson; props: MergePageProps }) {
  return (
    <span class="person">
      <b dir="auto">{person.name || props.words.t('desk:noName')}</b>
      {[...person.emails, ...person.phones].map((contact) => (
        <bdi class="small quiet">{contact}</bdi>
      ))}
    </span>
  )
}

function Compare({ props, step }: { props: MergePageProps; step: Extract<MergeStep, { kind: 'compare' }> }) {
  const { words } = props
  const { t } = words
  const columns = [step.before.source, step.before.target, step.after]
  return (
    <>
      <div class="card pair">
        <Person person={step.source} props={props} />
        <span class="quiet">{t('merge:comesTo')}</span>
        <Person person={props.target} props={props} />
      </div>
      <div class="card table">
        <table>
          <thead>
            <tr>
              <td />
              {[step.source, props.target].map((person) => (
                <th scope="col" dir="auto">
                  {person.name || t('desk:noName')}
                </th>
              ))}
              <th scope="col">{t('merge:after')}</th>
            </tr>
          </thead>
          <tbody>
            {(['available', 'deficit', 'overdraft'] as const).map((figure) => (
              <tr>
                <th scope="row">{t(`merge:${figure}`)}</th>
                {columns.map((column) => (
                  <td class="num">{words.credits(column[figure])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        {t('merge:comes', {
          parts: words.list([
            t('merge:grants', { count: step.grants, n: words.number(step.grants) }),
            t('merge:tickets', { count: step.tickets, n: words.number(step.tickets) }),
            t('merge:orders', { count: step.orders, n: words.number(step.orders) }),
          ]),
        })}
      </p>
      {step.frozen && <p class="warn">{t('merge:frozen')}</p>}
      <form class="card confirm" method="post" action={props.action}>
        <CsrfField frame={props} />
        <input type="hidden" name="source" value={step.source.id} />
        <input type="hidden" name="idempotencyKey" value={step.idempotencyKey} />
        {props.ticket && <input type="hidden" name="ticket" value={props.ticket} />}
        <label>
          {t('supervise:reasonLabel')}
          <select name="reason">
            {step.reasons.map((code) => (
              <option value={code}>{t(`supervise:reason.${code}`)}</option>
            ))}
          </select>
        </label>
        <label>
          {t('supervise:note')}
          <input name="note" maxLength={500} dir="auto" autoComplete="off" />
        </label>
        <p class="warn small">{t('merge:forGood')}</p>
        <button class="send" type="submit">
          {t('merge:confirm')}
        </button>
      </form>
    </>
  )
}
