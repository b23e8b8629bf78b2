import type { ComponentChildren } from 'preact'
import { CsrfField } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { clock } from '../time.ts'
import type { SupervisedGrant, SupervisionProps } from './side-props.ts'
import type { TicketPageProps } from './ticket-props.ts'

type Act = keyof SupervisionProps['reasons']

/** What a supervisor may do to the account by hand, folded away, and what was done; every act is a plain form. */
export function CreditsPanel({ props, given }: { props: TicketPageProps; given: SupervisionProps }) {
  const { t } = props.words
  const owing = given.grants.filter((grant) => grant.owed > 0n)
  const act = (name: Act, children?: ComponentChildren) => (
    <ActForm act={name} props={props} given={given}>
      {children}
    </ActForm>
  )
  const grants = (
    <GrantChoice name="grantId" label={t('supervise:grant')} grants={given.grants} props={props} />
  )
  return (
    <details class="by-hand" id="by-hand" open={given.error !== undefined}>
      <summary>{t('supervise:title')}</summary>
      {given.error && (
        <p class="banner" role="alert">
          {t('supervise:failed', { reason: given.error })}
        </p>
      )}
      {given.accountFrozen && <p class="warn small">{t('supervise:frozen')}</p>}
      {given.grants.length > 0 &&
        act(
          'adjust',
          <>
            {grants}
            <Field name="credits" label={t('supervise:creditsSigned')} />
          </>,
        )}
      {act(
        'goodwill',
        <>
          <Field name="credits" label={t('supervise:credits')} />
          <Field name="days" label={t('supervise:days')} value="30" />
        </>,
      )}
      {owing.length > 0 &&
        act(
          'settle',
          <>
            <GrantChoice name="grantId" label={t('supervise:grant')} grants={owing} props={props} />
            <GrantChoice
              name="payerId"
              label={t('supervise:payer')}
              grants={given.grants.filter((grant) => grant.remainder > 0n && !grant.frozen)}
              props={props}
            />
          </>,
        )}
      {owing.length > 0 &&
        act(
          'forgive',
          <GrantChoice name="grantId" label={t('supervise:grant')} grants={owing} props={props} />,
        )}
      {given.charged.length > 0 && act('reverse', <MessageChoice props={props} given={given} />)}
      {!given.accountFrozen &&
        act(
          'freeze',
          <GrantChoice
            name="grantId"
            label={t('supervise:grant')}
            grants={given.grants}
            whole
            props={props}
          />,
        )}
      {(given.accountFrozen || given.grants.some((grant) => grant.frozen)) &&
        act(
          'unfreeze',
          <GrantChoice
            name="grantId"
            label={t('supervise:grant')}
            grants={given.accountFrozen ? [] : given.grants.filter((grant) => grant.frozen)}
            whole
            props={props}
          />,
        )}
      <p>
        <a class="link" href={given.mergeHref}>
          {t('supervise:merge')}
        </a>
      </p>
      {given.audit.length > 0 && <AuditLines props={props} given={given} />}
    </details>
  )
}

interface ActFormProps {
  act: Act
  props: TicketPageProps
  given: SupervisionProps
  children: ComponentChildren
}

function ActForm({ act, props, given, children }: ActFormProps) {
  const { t } = props.words
  return (
    <details class="act">
      <summary>{t(`supervise:act.${act}`)}</summary>
      <form method="post" action={given.action}>
        <CsrfField frame={props} />
        <input type="hidden" name="act" value={act} />
        <input type="hidden" name="idempotencyKey" value={`${given.key}-${act}`} />
        {children}
        <label>
          {t('supervise:reasonLabel')}
          <select name="reason">
            {given.reasons[act].map((code) => (
              <option value={code}>{t(`supervise:reason.${code}`)}</option>
            ))}
          </select>
        </label>
        <Field name="note" label={t('supervise:note')} optional />
        <button type="submit">{t(`supervise:act.${act}`)}</button>
      </form>
    </details>
  )
}

interface FieldProps {
  name: string
  label: string
  value?: string
  optional?: boolean
}

function Field({ name, label, value, optional = false }: FieldProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        value={value}
        required={!optional}
        maxLength={500}
        inputMode={name === 'note' ? 'text' : 'decimal'}
        autoComplete="off"
      />
    </label>
  )
}

interface GrantChoiceProps {
  name: string
  label: string
  grants: readonly SupervisedGrant[]
  /** Offers the whole account first. */
  whole?: boolean
  props: TicketPageProps
}

function GrantChoice({ name, label, grants, whole = false, props }: GrantChoiceProps) {
  const { t, credits } = props.words
  return (
    <label>
      {label}
      <select name={name}>
        {whole && <option value="">{t('supervise:wholeAccount')}</option>}
        {grants.map((grant) => (
          <option value={grant.id}>
            {grant.owed > 0n
              ? t('supervise:grantOwes', { name: isolate(grant.name), n: credits(grant.owed) })
              : t('supervise:grantLeft', { name: isolate(grant.name), n: credits(grant.remainder) })}
          </option>
        ))}
      </select>
    </label>
  )
}

function MessageChoice({ props, given }: { props: TicketPageProps; given: SupervisionProps }) {
  const { t, creditsPhrase } = props.words
  return (
    <label>
      {t('supervise:message')}
      <select name="messageId">
        {given.charged.map((message) => (
          <option value={message.id}>
            {t('supervise:charged', {
              credits: creditsPhrase(message.units),
              preview: isolate(message.preview),
            })}
          </option>
        ))}
      </select>
    </label>
  )
}

function AuditLines({ props, given }: { props: TicketPageProps; given: SupervisionProps }) {
  const { words } = props
  const { t } = words
  return (
    <>
      <h3 class="small">{t('supervise:audit.title')}</h3>
      <ul class="audit small">
        {given.audit.map((line) => (
          <li>
            {t('supervise:audit.line', {
              who: isolate(line.who || t('supervise:audit.program')),
              what: t(`audit:action.${line.action}`, { credits: words.creditsPhrase(line.units) }),
            })}
            <span class="quiet num">
              {line.former && `${t('supervise:audit.former', { name: isolate(line.former) })} · `}
              {line.note && <bdi>{line.note} · </bdi>}
              {clock(words, line.at, props.now, props.timeZone)}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
