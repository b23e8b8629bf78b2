import type { Deps } from '../deps.ts'
import type { TicketView } from './get-ticket.ts'

/** The ways to look at a shop's tickets, in the order of the desk's rail. */
export const ticketViews = [
  'unanswered',
  'due',
  'mine',
  'unassigned',
  'low',
  'snoozed',
  'waiting',
  'closed',
  'spam',
  'all',
] as const
export type TicketViewName = (typeof ticketViews)[number]

interface ViewRule {
  /** On `t`; as the partial index says it, because only then it is used. `agent`: the placeholder of who looks. */
  where(agent: string): string
  /** What the rows go by; by id where it is equal. */
  order: 'activity' | 'due'
  /** Whether the rail says how many there are. */
  counted: boolean
}

const listed = "t.status <> 'spam' and t.merged_into is null"
const ofStatus = (status: TicketView['status']) => () => `t.status = '${status}'`

export const viewRules: Record<TicketViewName, ViewRule> = {
  unanswered: { where: ofStatus('open'), order: 'activity', counted: true },
  due: { where: () => 't.due_at is not null and t.first_response_at is null', order: 'due', counted: true },
  mine: {
    where: (agent) => `t.assignee_id = ${agent} and t.status in ('open', 'waiting')`,
    order: 'activity',
    counted: true,
  },
  unassigned: {
    where: () => "t.assignee_id is null and t.status = 'open'",
    order: 'activity',
    counted: true,
  },
  low: { where: () => 't.low_balance', order: 'activity', counted: true },
  snoozed: { where: ofStatus('snoozed'), order: 'activity', counted: true },
  waiting: { where: ofStatus('waiting'), order: 'activity', counted: true },
  closed: { where: () => "t.status = 'closed' and t.merged_into is null", order: 'activity', counted: false },
  spam: { where: ofStatus('spam'), order: 'activity', counted: true },
  all: { where: () => listed, order: 'activity', counted: false },
}

/** Counting ends here, so that it costs the same however many there are. */
export const mostCounted = 500

const countOf = (conditions: string) =>
  `(select count(*) from (select from ticket t where t.shop_id = $1 and ${conditions} limit ${mostCounted}) x)`

/** Unanswered tickets that concern an agent: their own, and nobody's for whoever is told of all; up to mostCounted of each. */
function concernCount(agent: string, unassigned: string): string {
  // By two conditions that an index has each; "or" would read all that is unanswered.
  return `${countOf(`t.assignee_id = ${agent} and t.status in ('open', 'waiting') and t.status = 'open'`)}
    + case when exists (select from agent a where a.shop_id = $1 and a.id = ${agent} and a.told_of = 'all')
        then ${unassigned} else 0 end`
}

/** How many unanswered tickets concern the agent. One round trip. */
export async function countConcern(
  deps: Pick<Deps, 'db'>,
  of: { shopId: bigint; agentId: bigint },
): Promise<number> {
  const [row] = await deps.db.query<{ count: number }>(
    'count-concern',
    `select (${concernCount('$2', countOf(viewRules.unassigned.where('$2')))})::int as count`,
    [of.shopId, of.agentId],
  )
  return row?.count ?? 0
}

/** How many tickets each view has, up to mostCounted, and how many concern the agent, as one JSON object. */
export function countsColumn(agent: string): string {
  const counted = ticketViews.filter((view) => viewRules[view].counted)
  // Without "offset 0" the count that stands twice would be made twice.
  return `(select json_build_object(${counted.map((view) => `'${view}', k.${view}`).join(', ')},
      'concern', ${concernCount(agent, 'k.unassigned')})
    from (select ${counted.map((view) => `${countOf(viewRules[view].where(agent))} as ${view}`).join(', ')} offset 0) k)`
}

/** Whom a ticket can be given to, and the tags in use, as one JSON object. */
export const choicesColumn = `json_build_object(
  'agents', coalesce((select json_agg(x) from (select id::text, name from agent where shop_id = $1 order by name, id limit 200) x), '[]'),
  'tags', coalesce((select json_agg(x.name) from (select name from shop_tag where shop_id = $1 order by used_at desc limit 100) x), '[]'))`

/** By what a row's place in a list is told; the next page begins behind it. */
export function orderOf(view: TicketViewName | undefined): { column: string; by: string; behind: string } {
  return view !== undefined && viewRules[view].order === 'due'
    ? { column: 't.due_at', by: 'asc', behind: '>' }
    : { column: 't.activity_at', by: 'desc', behind: '<' }
}
