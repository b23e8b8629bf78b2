import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../words/root.ts'
import type { AssetHrefs, ScriptName } from './props.ts'

export interface ServedAsset {
  type: string
  body: Buffer
  etag: string
}

export interface Assets {
  /** What pages put into their head. */
  hrefs: AssetHrefs
  css: { href: string; body: string }
  /** Address of a client script; undefined when it was not built, and pages then work without it. */
  script(name: string): string | undefined
  /** The file behind an address such as "/assets/style-3f2a91c0d4.css"; its name carries a hash, so it may be cached forever. */
  serve(path: string): ServedAsset | undefined
}

const scriptNames: ScriptName[] = [
  'desk',
  'session',
  'forms',
  'products',
  'setup',
  'statement',
  'prices',
  'portal',
  'told',
]

/** Reads styles and bundled scripts once, at start. The style sheets are joined in the order of their names. */
export function loadAssets(root: string = projectRoot): Assets {
  const served = new Map<string, ServedAsset>()
  const add = (name: string, extension: string, type: string, body: Buffer): string => {
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 10)
    const href = `/assets/${name}-${hash}.${extension}`
    served.set(href, { type, body, etag: `"${hash}"` })
    return href
  }

  const styles = join(root, 'src', 'web', 'styles')
  const sheet = readdirSync(styles)
    .filter((file) => file.endsWith('.css'))
    .sort()
    .map((file) => readFileSync(join(styles, file), 'utf8'))
    .join('\n')
  const body = squeeze(sheet)
  const css = { href: add('style', 'css', 'text/css; charset=utf-8', Buffer.from(body)), body }
  const mark = (file: string) => add('mark', 'svg', 'image/svg+xml', readFileSync(join(styles, file)))
  const icon = mark('mark.svg')
  const dottedIcon = mark('mark-dotted.svg')

  const scripts: AssetHrefs['scripts'] = {}
  for (const name of scriptNames) {
    const file = join(root, 'dist', 'assets', `${name}.js`)
    if (existsSync(file))
      scripts[name] = add(name, 'js', 'text/javascript; charset=utf-8', readFileSync(file))
  }

  return {
    hrefs: { css: css.href, icon, dottedIcon, scripts },
    css,
    script: (name) => scriptNames.map((known) => (known === name ? scripts[known] : undefined)).find(Boolean),
    serve: (path) => served.get(path),
  }
}

/** Drops comments and indentation; what is left compresses well enough not to want a minifier. */
function squeeze(sheet: string): string {
  return sheet
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s+/gm, '')
    .replace(/\n+/g, '\n')
}
