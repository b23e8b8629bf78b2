import type { Request, Response } from 'express'
import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import { readSetup } from '../../domain/setup/read-setup.ts'
import { renderDeskList } from '../../web/desk/list.tsx'
import type { StepProps } from '../../web/setup/first-steps.tsx'
import { writeCursor } from '../api/cursor.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { deskFrame } from './desk-frame.ts'
import { askedPlace, keepPlace, type ListPlace, placeProps, searchOf } from './list-place.ts'
import { type ListPage, loadRows, toRowProps } from './list-rows.ts'
import { noticeOf } from './notice.ts'
import { stepProps } from './setup/first-steps.ts'

/** GET /desk: one view, or what a search finds in all of them. */
export async function showList(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const place = askedPlace(req)
  const page = await loadRows(deps, agentOf(res), place)
  keepPlace(res, place)
  const notice = noticeOf(req)
  const steps = await stepsOf(deps, agentOf(res), place, page)
  res.send(
    renderDeskList({
      ...deskFrame(deps, res, page.counts),
      place: placeProps(place),
      rows: page.rows.map(toRowProps),
      choices: page.choices,
      ...(steps && { steps }),
      ...(page.wrong && { wrong: page.wrong }),
      ...(notice && { notice }),
      ...(page.next && {
        olderHref: `/desk${searchOf({ ...place, cursor: writeCursor(page.next.at, page.next.id) })}`,
      }),
    }),
  )
}

/** The first steps of a shop without any ticket, while some are left: asked for only where the page is empty anyway. */
async function stepsOf(
  deps: HttpDeps,
  agent: LoggedInAgent,
  place: ListPlace,
  page: ListPage,
): Promise<StepProps[] | undefined> {
  const nothing = page.rows.length === 0 && Object.values(page.counts).every((count) => !count)
  if (agent.role !== 'owner' || !nothing || place.q || place.after) return undefined
  const state = await readSetup(deps, agent.shopId)
  const steps = stepProps(state)
  return state.tickets || state.stepsHidden || steps.every(({ done }) => done) ? undefined : steps
}
