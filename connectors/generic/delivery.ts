import type { z } from 'zod'
import type { PostProblem, ReadDelivery } from '../../src/ports/shop.ts'
import { contract, events } from './contract.ts'
import { toShopOrder } from './order.ts'

/* Whoever mends these finds the others by posting again. */
const mostProblems = 20

/** Reads one delivery's raw body. Pure; every bad input becomes `unreadable` with its fields. */
export function readDelivery(_topic: string, body: Buffer): ReadDelivery {
  const read = parse(body)
  if ('problems' in read) {
    const named = read.problems.slice(0, 5).map(({ field, message }) => `${field}: ${message}`)
    return { kind: 'unreadable', reason: `${named.join('; ')}.` }
  }
  const { event, order } = read.delivery
  return event === 'order.deleted'
    ? { kind: 'orderDeleted', orderId: order.id, at: order.modifiedAt }
    : { kind: 'order', order: toShopOrder(order) }
}

/** Each field that is wrong; empty when there is nothing. */
export function findProblems({ body }: { body: Buffer }): PostProblem[] {
  const read = parse(body)
  return 'problems' in read ? read.problems : []
}

/** "order" or "order.deleted"; '' for a body that says neither. */
export function topicOf({ body }: { body: Buffer }): string {
  const json = parseJson(body)
  const event = typeof json === 'object' && json !== null && 'event' in json ? json.event : undefined
  return events.find((one) => one === event) ?? ''
}

function parse(body: Buffer): { delivery: z.output<typeof contract> } | { problems: PostProblem[] } {
  const json = parseJson(body)
  if (json === undefined) {
    return { problems: [{ field: 'body', message: 'send JSON in UTF-8; this is none' }] }
  }
  const parsed = contract.safeParse(json, { error: mendOf })
  return parsed.success
    ? { delivery: parsed.data }
    : { problems: parsed.error.issues.slice(0, mostProblems).map(problemOf) }
}

/* A byte that is no UTF-8 would otherwise be replaced in silence, in the middle of somebody's name. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    return undefined
  }
}

/** For what the contract has no words of its own. */
function mendOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return 'it is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `give ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
    case 'invalid_value':
      return `give one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return 'give a text or a whole number'
    case 'too_big':
      return issue.origin === 'number' ? `give at most ${issue.maximum}` : `shorten it to ${issue.maximum}`
    case 'too_small':
      return issue.origin === 'number' ? `give at least ${issue.minimum}` : 'write something; it is empty'
    default:
      return undefined
  }
}

function problemOf(issue: z.core.$ZodIssue): PostProblem {
  return { field: issue.path.map(String).join('.') || 'body', message: issue.message }
}
