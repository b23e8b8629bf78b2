import sanitizeHtml from 'sanitize-html'

const colour = [/^#[0-9a-f]{3,8}$/i, /^[a-z]{3,24}$/i, /^rgba?\([\d.,%\s/]{1,40}\)$/i]
const length = /^(0|\d{1,3}(\.\d{1,3})?(px|pt|em|ex|rem|%)|auto|medium|thin|thick)$/i
const lengths = [/^((0|\d{1,3}(\.\d{1,3})?(px|pt|em|ex|rem|%)|auto)\s?){1,4}$/i]
const border = [/^[\w.#%\s-]{1,60}$/]
const word = [/^[a-z-]{2,24}$/i]

/** What says how text looks. Nothing that fetches (url), hides, or lies over what is not the mail's. */
const styles: Record<string, RegExp[]> = {
  color: colour,
  background: colour,
  'background-color': colour,
  'text-align': word,
  'vertical-align': word,
  direction: [/^(ltr|rtl)$/i],
  'unicode-bidi': [/^(embed|isolate|plaintext|normal)$/i],
  'font-weight': [/^(\d{3}|[a-z]{4,8})$/i],
  'font-style': word,
  'font-size': [/^(([6-9]|[1-6]\d)(\.\d{1,3})?(px|pt)|[0-3](\.\d{1,3})?r?em|\d{2,3}%|[a-z-]{5,8})$/i],
  'font-family': [/^[\w\s,'"-]{1,120}$/],
  'text-decoration': word,
  'line-height': [/^[\d.]{1,6}(px|pt|em|%)?$/i, /^normal$/i],
  'white-space': [/^(normal|nowrap|pre|pre-wrap|pre-line)$/i],
  'list-style-type': word,
  'border-collapse': word,
  width: [length],
  height: [length],
  padding: lengths,
  margin: lengths,
  border,
  ...Object.fromEntries(
    ['top', 'right', 'bottom', 'left'].flatMap((side) => [
      [`border-${side}`, border],
      [`padding-${side}`, lengths],
      [`margin-${side}`, lengths],
    ]),
  ),
}

const sized = ['align', 'valign', 'bgcolor', 'width', 'height']

/**
 * A stranger's HTML without anything that runs, submits, or is fetched by itself. Of pictures only the name stays: `data-cid` those that
 * came with the mail, `data-remote` those elsewhere; whoever shows it decides. Links lead out of the page and tell nothing of it.
 */
export function sanitiseMail(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [
      ...[
        'a',
        'abbr',
        'address',
        'article',
        'aside',
        'b',
        'bdi',
        'bdo',
        'big',
        'blockquote',
        'br',
        'caption',
        'center',
      ],
      ...[
        'cite',
        'code',
        'col',
        'colgroup',
        'dd',
        'del',
        'div',
        'dl',
        'dt',
        'em',
        'figcaption',
        'figure',
        'font',
      ],
      ...[
        'footer',
        'h1',
        'h2',
        'h3',
        'h4',
        'h5',
        'h6',
        'header',
        'hr',
        'i',
        'img',
        'ins',
        'kbd',
        'li',
        'main',
        'mark',
      ],
      ...[
        'ol',
        'p',
        'pre',
        'q',
        'rp',
        'rt',
        'ruby',
        's',
        'samp',
        'section',
        'small',
        'span',
        'strike',
        'strong',
        'sub',
      ],
      ...['sup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'time', 'tr', 'tt', 'u', 'ul', 'var', 'wbr'],
    ],
    // With what stands in them: their content is no text.
    nonTextTags: [
      ...[
        'script',
        'style',
        'textarea',
        'option',
        'select',
        'noscript',
        'noembed',
        'noframes',
        'iframe',
        'xmp',
      ],
      ...['title', 'template', 'svg', 'math', 'object', 'applet', 'audio', 'video', 'plaintext', 'xml'],
    ],
    allowedAttributes: {
      '*': ['dir', 'lang', 'title', 'style', ...sized],
      a: ['href', 'rel'],
      img: ['alt', 'data-cid', 'data-remote'],
      table: ['border', 'cellpadding', 'cellspacing', 'summary'],
      td: ['colspan', 'rowspan', 'nowrap'],
      th: ['colspan', 'rowspan', 'nowrap', 'scope'],
      col: ['span'],
      colgroup: ['span'],
      font: ['color', 'face', 'size'],
      ol: ['start', 'type', 'reversed'],
      ul: ['type'],
      li: ['value', 'type'],
      hr: ['size', 'noshade'],
    },
    allowedStyles: { '*': styles },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: false,
    transformTags: { a: link, img: picture },
  })
}

type Attributes = Record<string, string>

/** A link without a scheme would lead into the desk itself. */
function link(tagName: string, { href = '', rel: _rel, ...attributes }: Attributes) {
  const target = href.trim()
  const outward = /^(https?:\/\/|mailto:|tel:)/i.test(target)
  return {
    tagName,
    attribs: {
      ...attributes,
      ...(outward && { href: target, rel: 'noopener noreferrer nofollow' }),
    } as Attributes,
  }
}

function picture(
  tagName: string,
  { src = '', 'data-cid': _cid, 'data-remote': _remote, ...attributes }: Attributes,
) {
  const source = src.trim()
  return {
    tagName,
    attribs: {
      ...attributes,
      ...(/^cid:/i.test(source) && { 'data-cid': contentIdOf(source.slice(4)) }),
      ...(/^https?:\/\//i.test(source) && { 'data-remote': source }),
    } as Attributes,
  }
}

/** Ids are written as in a URL there, and as they are in the part's header. */
function contentIdOf(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
