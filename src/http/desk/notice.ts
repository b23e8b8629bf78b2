import type { Request } from 'express'
import { type NoticeProps, noticeKinds } from '../../web/desk/list-props.ts'
import { toId } from '../ids.ts'
import { queryText } from '../pages/form.ts'

/** What was just done, as the address says it: "close-3-17" is act 17, which closed three tickets. */
export function noticeOf(req: Request): NoticeProps | undefined {
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
