import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { PageFrame, ScriptName } from './props.ts'

export interface LayoutProps {
  frame: PageFrame
  /** Of the browser's tab, without the product's name. */
  title: string
  /** Class of the body: which page this is. */
  page: string
  scripts?: ScriptName[]
  /** How many unanswered tickets concern the reader; in the browser's tab. */
  count?: number | undefined
  children: ComponentChildren
}

/** Renders a whole document. Everything in it is escaped by preact; no page may set inner HTML. */
export function renderDocument(props: LayoutProps): string {
  return `<!doctype html>${renderToString(<Document {...props} />)}`
}

function Document({ frame, title, page, scripts = [], count = 0, children }: LayoutProps) {
  const { words, assets } = frame
  return (
    <html lang={words.locale} dir={words.dir}>
      <head>
        <meta charset="utf-8" />
        <meta
          name="viewport"
          content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="same-origin" />
        <meta name="robots" content="noindex" />
        <title>{`${badge(count, words)}${title} · ${words.t('common:product')}`}</title>
        <link rel="stylesheet" href={assets.css} />
        {frame.tells ? (
          <link
            rel="icon"
            href={count > 0 ? assets.dottedIcon : assets.icon}
            type="image/svg+xml"
            data-plain={assets.icon}
            data-dotted={assets.dottedIcon}
          />
        ) : (
          <link rel="icon" href={assets.icon} type="image/svg+xml" />
        )}
        {[...scripts, ...(frame.tells ? (['told'] as const) : [])].map((name) => {
          const href = assets.scripts[name]
          return href ? <script type="module" src={href} /> : null
        })}
      </head>
      <body class={page}>
        <a class="skip" href="#main">
          {words.t('desk:skip')}
        </a>
        {frame.sandbox && <SandboxBanner frame={frame} />}
        {children}
      </body>
    </html>
  )
}

/** "(3) ", as browser/badge.ts writes it when the number changes. */
function badge(count: number, words: PageFrame['words']): string {
  if (count === 0) return ''
  return `(${count > 99 ? `${words.number(99)}+` : words.number(count)}) `
}

function SandboxBanner({ frame }: { frame: PageFrame }) {
  const { t } = frame.words
  return (
    <aside class="sandbox-banner" aria-label={t('sandbox:banner.label')}>
      <span>
        <b>{t('sandbox:banner.name')}</b> <span class="wide-only">{t('sandbox:banner.text')}</span>
      </span>
      <a href="/sandbox/mail">{t('sandbox:banner.mail')}</a>
      <a href="/sandbox/phone">{t('sandbox:banner.phone')}</a>
    </aside>
  )
}

/** The product's sign with a name beside it. */
export function Mark({ name }: { name: string }) {
  return (
    <span class="mark">
      <i aria-hidden="true" />
      <span dir="auto">{name}</span>
    </span>
  )
}

export function CsrfField({ frame }: { frame: PageFrame }) {
  return <input type="hidden" name="csrf" value={frame.csrf} />
}
