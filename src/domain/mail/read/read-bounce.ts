import type { BounceReport, MailPart } from './mail.ts'

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const

/** The report in a mail's parts (RFC 3464); undefined when there is none. A report on several recipients is read by its worst. */
export function readBounce(parts: readonly MailPart[]): BounceReport | undefined {
  const status = parts.find(({ mediaType }) => mediaType === 'message/delivery-status')
  if (!status) return undefined
  const groups = status.content
    .toString('latin1')
    .split(/\r?\n\s*\r?\n/)
    .map(fieldsOf)
    .filter((fields) => fields.has('action') || fields.has('status'))
  const group = groups.sort((a, b) => severity(b) - severity(a))[0]
  if (!group) return undefined
  const diagnostic = (group.get('diagnostic-code') ?? '').replace(/^[\w-]+;\s*/, '')
  const original = originalIdOf(parts)
  const recipient = (group.get('final-recipient') ?? group.get('original-recipient') ?? '')
    .replace(/^[\w-]+;\s*/, '')
    .toLowerCase()
  return {
    action: actionOf(group),
    status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(`${group.get('status') ?? ''} ${diagnostic}`)?.[0] ?? '',
    ...(recipient !== '' && { recipient }),
    diagnostic: diagnostic.slice(0, 500),
    ...(original !== undefined && { originalMessageId: original }),
  }
}

function fieldsOf(group: string): Map<string, string> {
  const unfolded = group.replace(/\r?\n[ \t]+/g, ' ')
  return new Map(
    unfolded.split(/\r?\n/).flatMap((line): [string, string][] => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()]]
    }),
  )
}

function actionOf(fields: Map<string, string>): BounceReport['action'] {
  const said = fields.get('action')?.toLowerCase()
  return actions.find((action) => action === said) ?? 'failed'
}

function severity(fields: Map<string, string>): number {
  return actions.length - actions.indexOf(actionOf(fields))
}

function originalIdOf(parts: readonly MailPart[]): string | undefined {
  const original = parts.find(({ mediaType }) => /^(message\/rfc822|text\/rfc822-headers)$/.test(mediaType))
  return /^message-id:\s*<([^<>\s]+)>/im.exec(
    original?.content.toString('latin1').slice(0, 50_000) ?? '',
  )?.[1]
}
