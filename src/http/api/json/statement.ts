import { z } from 'zod'
import type { Statement, StatementLine, Turn } from '../../../domain/credits/statement.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import { credits, id, time } from '../fields.ts'

const turn = z.object({ opening: credits, closing: credits })

const lineJson = z
  .object({
    id,
    at: time,
    kind: z.enum([
      'grant',
      'restore',
      'reverse',
      'adjust',
      'move_in',
      'move_out',
      'spend',
      'post',
      'revoke',
      'expire',
      'settle',
      'forgive',
    ]),
    credits: credits.meta({ description: 'What it changed of the balance; negative went away.' }),
    owed: credits.meta({ description: 'What it added to the deficit, or cleared of it.' }),
    balance: credits.meta({ description: 'After it.' }),
    grant: z.object({ id, name: z.string(), source: z.string() }),
    order: z.object({ id: z.string(), number: z.string() }).nullable(),
    cause: z.object({ kind: z.string(), id: z.string() }),
    ticket: z.object({ id, number: z.number().int(), subject: z.string() }).nullable(),
    message: z.object({ id, channel: z.string() }).nullable(),
    session: z.object({ id, actualSeconds: z.number().int(), billedSeconds: z.number().int() }).nullable(),
    agent: z.string().nullable(),
    actor: z.string(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'StatementLine' })

const day = z.string().meta({ description: "On the shop's clock.", example: '2026-03-01' })

export const statementJson = z
  .object({
    customer: z.object({ id, name: z.string() }),
    from: day,
    to: day.meta({ description: 'Included.', example: '2026-03-31' }),
    timeZone: z.string(),
    opening: credits.meta({
      description: 'What could be spent when the period began; held credits included.',
    }),
    granted: credits,
    restored: credits,
    reversed: credits,
    adjusted: credits,
    moved: credits,
    spent: credits,
    posted: credits,
    revoked: credits,
    expired: credits,
    settled: credits,
    closing: credits.meta({
      description:
        'opening + granted + restored + reversed + adjusted + moved - spent - posted - revoked - expired - settled.',
    }),
    held: turn.meta({ description: 'Of opening and closing: held for a running session.' }),
    deficit: turn.meta({
      description: 'Spent of credits that the shop took back later; beside the balance.',
    }),
    overdraft: turn,
    data: z.array(lineJson).meta({ description: 'Oldest first.' }),
    next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last.' }),
  })
  .meta({ id: 'Statement', description: 'Totals are of the whole period, on every page.' })

export function toStatementJson(statement: Statement, next: string | null): z.input<typeof statementJson> {
  const { totals, customer, period } = statement
  return {
    customer: { id: String(customer.id), name: customer.name },
    from: period.from,
    to: period.to,
    timeZone: statement.timeZone,
    opening: toCredits(totals.opening),
    granted: toCredits(totals.granted),
    restored: toCredits(totals.restored),
    reversed: toCredits(totals.reversed),
    adjusted: toCredits(totals.adjusted),
    moved: toCredits(totals.moved),
    spent: toCredits(totals.spent),
    posted: toCredits(totals.posted),
    revoked: toCredits(totals.revoked),
    expired: toCredits(totals.expired),
    settled: toCredits(totals.settled),
    closing: toCredits(totals.closing),
    held: turnOf(statement.held),
    deficit: turnOf(statement.deficit),
    overdraft: turnOf(statement.overdraft),
    data: statement.lines.map(toLineJson),
    next,
  }
}

function turnOf({ opening, closing }: Turn): z.input<typeof turn> {
  return { opening: toCredits(opening), closing: toCredits(closing) }
}

function toLineJson(line: StatementLine): z.input<typeof lineJson> {
  const { ticket, message, session } = line
  return {
    id: String(line.id),
    at: line.at.toISOString(),
    kind: line.kind,
    credits: toCredits(line.units),
    owed: toCredits(line.owedUnits),
    balance: toCredits(line.balance),
    grant: { id: String(line.grantId), name: line.packageName, source: line.source },
    order: line.order ?? null,
    cause: line.cause,
    ticket: ticket ? { ...ticket, id: String(ticket.id) } : null,
    message: message ? { ...message, id: String(message.id) } : null,
    session: session ? { ...session, id: String(session.id) } : null,
    agent: line.agent ?? null,
    actor: line.actor,
    reason: line.reason ?? null,
  }
}
