import type { Request, Response } from 'express'
import { renderDeskList } from '../../web/desk/list.tsx'
import { writeCursor } from '../api/cursor.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { deskFrame } from './desk-frame.ts'
import { askedPlace, keepPlace, placeProps, searchOf } from './list-place.ts'
import { loadRows, toRowProps } from './list-rows.ts'
import { noticeOf } from './notice.ts'

/** GET /desk: one view, or what a search finds in all of them. */
export async function showList(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const place = askedPlace(req)
  const page = await loadRows(deps, agentOf(res), place)
  keepPlace(res, place)
  const notice = noticeOf(req)
  res.send(
    renderDeskList({
      ...deskFrame(deps, res, page.counts),
      place: placeProps(place),
      rows: page.rows.map(toRowProps),
      choices: page.choices,
      ...(page.wrong && { wrong: page.wrong }),
      ...(notice && { notice }),
      ...(page.next && {
        olderHref: `/desk${searchOf({ ...place, cursor: writeCursor(page.next.at, page.next.id) })}`,
      }),
    }),
  )
}
