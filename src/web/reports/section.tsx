import type { ComponentChildren } from 'preact'
import type { Words } from '../../words/words.ts'
import type { PageFrame } from '../props.ts'
import { day, monthName } from '../time.ts'
import type { MonthProps, OriginProps } from './props.ts'

interface SectionProps {
  words: Words
  name: 'outstanding' | 'movements' | 'prices' | 'deferred'
  /** Address of the same as a file. */
  file: string
  children: ComponentChildren
}

/** One report: its name, what it counts, the way to its file. */
export function Section({ words, name, file, children }: SectionProps) {
  const { t } = words
  return (
    <section class="report">
      <header>
        <h2>{t(`reports:${name}.title`)}</h2>
        <a
          class="button"
          href={file}
          download
          aria-label={t('reports:csvOf', { report: t(`reports:${name}.title`) })}
        >
          {t('reports:csv')}
        </a>
      </header>
      <p class="quiet">{t(`reports:${name}.about`)}</p>
      {children}
    </section>
  )
}

/** A wide table scrolls by itself, also by the keyboard, so that the page stays as wide as the window. */
export function Scrolling({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll
    <section class="scrolling" aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}

/** The heads of a table; all but the first `texts` of them stand over figures. */
export function Heads({ names, texts = 1 }: { names: readonly string[]; texts?: number }) {
  return (
    <thead>
      <tr>
        {names.map((name, at) => (
          <th scope="col" class={at < texts ? undefined : 'num'}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}

export function Figures({ values }: { values: readonly string[] }) {
  return (
    <>
      {values.map((value) => (
        <td class="num">{value}</td>
      ))}
    </>
  )
}

/** The name of a month, with its days where the period cuts it. */
export function MonthHead({ frame, month }: { frame: PageFrame; month: MonthProps }) {
  const { words } = frame
  const at = (text: string) => day(words, new Date(`${text}T00:00:00Z`), 'UTC')
  const isWhole = month.from.endsWith('-01') && nextDay(month.to).endsWith('-01')
  return (
    <th scope="row">
      {monthName(words, month.month)}
      {!isWhole && (
        <span class="small quiet">
          {words.t('statement:days', { from: at(month.from), to: at(month.to) })}
        </span>
      )}
    </th>
  )
}

function nextDay(text: string): string {
  return new Date(Date.parse(`${text}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

const knownSources = ['goodwill', 'api', 'import', 'order_line'] as const

export function originName({ name, source }: OriginProps, { t }: Words): string {
  if (name !== null) return name || t('reports:origin.unnamed')
  const known = knownSources.find((one) => one === source)
  return known ? t(`reports:origin.${known}`) : (source ?? '')
}
