import type { ComponentChildren } from 'preact'
import type { Words } from '../../words/words.ts'
import type { FormProps } from './form-props.ts'

interface FormContext {
  form: FormProps
  words: Words
  /** Tells two forms of a page apart in the ids of their fields. */
  prefix: string
}

interface FieldProps extends FormContext {
  name: string
  label: string
  hint?: string
  /** Words for what is wrong with it. */
  mend: string
  inputMode?: 'decimal' | 'numeric' | 'text'
  placeholder?: string
  type?: 'time'
  required?: boolean
}

/** A text field with its label, and what is wrong with it beside it. */
export function Field({ form, prefix, name, label, hint, mend, words, ...input }: FieldProps) {
  const wrong = form.wrong.includes(name)
  const id = idOf(prefix, name)
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        value={form.values[name] ?? ''}
        autoComplete="off"
        dir={input.inputMode === 'text' ? 'auto' : 'ltr'}
        {...input}
        {...(wrong && { 'aria-invalid': true })}
        {...(described && { 'aria-describedby': described })}
      />
      {hint && (
        <small id={`${id}-hint`} class="quiet">
          {hint}
        </small>
      )}
      <Wrong form={form} prefix={prefix} name={name} words={words}>
        {mend}
      </Wrong>
    </div>
  )
}

/** What is wrong with a field; nothing while it is right. */
export function Wrong({
  form,
  prefix,
  name,
  children,
}: FormContext & { name: string; children: ComponentChildren }) {
  if (!form.wrong.includes(name)) return null
  return (
    <small id={`${idOf(prefix, name)}-wrong`} class="bad" role="alert">
      {children}
    </small>
  )
}

/** A box to tick, with its label and what it does. */
export function Box({
  form,
  prefix,
  name,
  label,
  hint,
}: Omit<FormContext, 'words'> & { name: string; label: string; hint?: string }) {
  const id = idOf(prefix, name)
  return (
    <label class="box" for={id}>
      <input id={id} type="checkbox" name={name} value="on" checked={form.values[name] === 'on'} />
      <span>
        {label}
        {hint && <small class="quiet"> {hint}</small>}
      </span>
    </label>
  )
}

export function idOf(prefix: string, name: string): string {
  return `${prefix}-${name.replaceAll('.', '-')}`
}
