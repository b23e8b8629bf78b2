import sanitizeHtml from 'sanitize-html'

/** A stranger's HTML without anything that runs, submits, or is fetched by itself. */
export function sanitiseMail(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: sanitizeHtml.defaults.allowedTags.concat(['img']),
    allowedAttributes: {
      ...sanitizeHtml.defaults.allowedAttributes,
      img: ['alt', 'width', 'height', 'data-cid', 'data-remote'],
      '*': ['dir', 'lang'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    transformTags: {
      img: (tagName, { src = '', ...attributes }) => ({
        tagName,
        attribs: {
          ...attributes,
          ...(/^cid:/i.test(src) && { 'data-cid': src.slice(4) }),
          ...(/^https?:/i.test(src) && { 'data-remote': src }),
        },
      }),
    },
  })
}
