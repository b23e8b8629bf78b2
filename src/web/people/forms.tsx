import type { ComponentChildren } from 'preact'
import { CsrfField } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import type { PeopleProps, PersonAct, PersonField, PersonForm } from './props.ts'

interface Shown {
  frame: PageFrame
  given: PeopleProps
}

type Doing = NonNullable<PeopleProps['doing']>

/** One of the page's acts as a form that posts to the page itself. */
export function PostForm({
  frame,
  given,
  act,
  children,
}: Shown & { act: string; children: ComponentChildren }) {
  return (
    <form class="person" method="post" action={withCarried(given)} data-once>
      <CsrfField frame={frame} />
      <input type="hidden" name="act" value={act} />
      {children}
    </form>
  )
}

export function ChangeForm({ frame, given, doing }: Shown & { doing: Doing }) {
  const { t } = frame.words
  const { person, form } = doing
  return (
    <>
      <h2>{t('people:change.title', { name: isolate(person.name) })}</h2>
      <PostForm frame={frame} given={given} act="change">
        <input type="hidden" name="contactId" value={person.id} />
        {person.buyer ? (
          <p class="quiet small">{t('people:change.buyer')}</p>
        ) : (
          <PersonFields frame={frame} form={form} name="change" owner={person.owner} />
        )}
        {person.buyer && <StatementRight frame={frame} form={form} />}
        <Answers frame={frame} given={given} label={t('people:change.submit')} />
      </PostForm>
    </>
  )
}

/** What cannot be taken back by another click is asked about first. */
export function ConfirmForm({
  frame,
  given,
  doing,
  act,
}: Shown & { doing: Doing; act: Exclude<PersonAct, 'change'> }) {
  const { t } = frame.words
  const { person, form } = doing
  return (
    <>
      <h2>{t(`people:${act}.title`, { name: isolate(person.name) })}</h2>
      <PostForm frame={frame} given={given} act={act}>
        <input type="hidden" name="contactId" value={person.id} />
        <p>{t(`people:${act}.means`)}</p>
        {(['contactId', 'people', 'wait'] as const).map((field) => (
          <Problem frame={frame} form={form} field={field} id={`${act}-${field}-problem`} />
        ))}
        <Answers frame={frame} given={given} label={t(`people:${act}.submit`)} />
      </PostForm>
    </>
  )
}

function Answers({ frame, given, label }: Shown & { label: string }) {
  const { t } = frame.words
  return (
    <p class="answers">
      <button class="send" type="submit" data-busy={t('people:sending')}>
        {label}
      </button>
      <a class="button" href={withCarried(given)}>
        {t('people:cancel')}
      </a>
    </p>
  )
}

/** Name, addresses and the right; what was refused is said beside its field. */
export function PersonFields({
  frame,
  form,
  name,
  owner = false,
}: {
  frame: PageFrame
  form: PersonForm
  name: string
  owner?: boolean
}) {
  return (
    <>
      <Problem frame={frame} form={form} field="people" id={`${name}-people-problem`} />
      <Field frame={frame} form={form} of={name} field="name" required />
      <Field frame={frame} form={form} of={name} field="email" />
      <Field frame={frame} form={form} of={name} field="phone" />
      {!owner && <StatementRight frame={frame} form={form} />}
    </>
  )
}

function StatementRight({ frame, form }: { frame: PageFrame; form: PersonForm }) {
  return (
    <label class="right">
      <input type="hidden" name="rights" value="shown" />
      <input type="checkbox" name="maySeeStatement" checked={form.maySeeStatement} />
      {frame.words.t('people:field.maySeeStatement')}
    </label>
  )
}

interface FieldProps {
  frame: PageFrame
  form: PersonForm
  of: string
  field: 'name' | 'email' | 'phone'
  required?: boolean
}

const longest = { name: 200, email: 254, phone: 40 }
const inputModes = { name: 'text', email: 'email', phone: 'tel' } as const

function Field({ frame, form, of, field, required = false }: FieldProps) {
  const wrong = form.problems.includes(field)
  const id = `${of}-${field}-problem`
  return (
    <label>
      <span>{frame.words.t(`people:field.${field}`)}</span>
      <input
        inputMode={inputModes[field]}
        name={field}
        value={form[field]}
        required={required}
        maxLength={longest[field]}
        dir={field === 'name' ? 'auto' : 'ltr'}
        autoComplete="off"
        {...(wrong && { 'aria-invalid': true, 'aria-describedby': id })}
      />
      <Problem frame={frame} form={form} field={field} id={id} />
    </label>
  )
}

function Problem({
  frame,
  form,
  field,
  id,
}: {
  frame: PageFrame
  form: PersonForm
  field: PersonField
  id: string
}) {
  if (!form.problems.includes(field)) return null
  return (
    <span class="bad small" id={id} role="alert">
      {frame.words.t(`people:problem.${field}`)}
    </span>
  )
}

function withCarried({ path, carried }: PeopleProps): string {
  const query = new URLSearchParams(carried).toString()
  return query === '' ? path : `${path}?${query}`
}
