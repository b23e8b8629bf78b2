import type { Request } from 'express'
import { Refused } from '../../domain/refusal.ts'
import { type NoticeProps, noticeKinds, type RefusedPart, refusedParts } from '../../web/desk/list-props.ts'
import { toId } from '../ids.ts'
import { queryText } from '../pages/form.ts'

/**
 * What was just done, as the address says it: "close-3-17" is act 17, which closed three tickets. Or what was wrong with it (`refused`).
 */
export function noticeOf(req: Request): NoticeProps | undefined {
  const refused = refusedParts.find((part) => part === queryText(req, 'refused'))
  if (refused) return { refused }
  const [, kind, count, act, left] =
    /^(\w+)-(\d{1,3})-(\d{1,19})(?:-(\d{1,3}))?$/.exec(queryText(req, 'done') ?? '') ?? []
  const known = noticeKinds.find((name) => name === kind)
  if (!known) return undefined
  const actId = toId(act)
  return {
    kind: known,
    count: Number(count),
    ...(actId !== 0n && { actId: String(actId) }),
    ...(left !== undefined && Number(left) > 0 && { left: Number(left) }),
  }
}

/** Which part of an act of this kind a refusal names. Throws what is no fault of the form. */
export function refusedPart(kind: string, error: unknown): RefusedPart {
  if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
  if (kind === 'merge') return 'merge'
  const field = error.refusal.fields[0]?.field
  const part = field === 'add' || field === 'remove' ? 'tags' : refusedParts.find((one) => one === field)
  if (!part) throw error
  return part
}
