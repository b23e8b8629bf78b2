import { randomUUID } from 'node:crypto'
import type { FurnishedShop } from './two-shops.ts'

interface FilledForm {
  form: Record<string, string>
  /** Whether it names rows by their ids. */
  namesRows: boolean
}

/**
 * The forms that the page of a route sends, filled so far that only the ids in them decide. A form that is not listed is sent
 * empty; where that is refused for a field before the id is looked at, the walk fails and it has to be listed.
 */
export function formsOf(path: string, { ids }: FurnishedShop): FilledForm[] {
  const key = { idempotencyKey: randomUUID() }
  const about = (form: Record<string, string>): FilledForm => ({ form, namesRows: true })
  const plain = (form: Record<string, string>): FilledForm => ({ form, namesRows: false })
  const people = [
    plain({ act: 'add', name: 'Eva', email: 'eva@example.test' }),
    about({ act: 'change', contactId: ids.contacts, name: 'Eva', email: 'eva@example.test' }),
    about({ act: 'owner', contactId: ids.contacts }),
    about({ act: 'remove', contactId: ids.contacts }),
  ]
  const { grants: grantId } = ids
  const reason = { reason: 'complaint', note: 'A note', ...key }
  const byHand = [
    about({ act: 'adjust', grantId, credits: '1', ...reason }),
    about({ act: 'settle', grantId, payerId: grantId, ...reason }),
    about({ act: 'forgive', grantId, ...reason }),
    about({ act: 'freeze', grantId, ...reason }),
    about({ act: 'unfreeze', grantId, ...reason }),
    about({ act: 'reverse', messageId: ids.messages, ...reason }),
    about({ act: 'review', reviewId: ids.reviews, decision: 'accept' }),
    plain({ act: 'goodwill', credits: '1', days: '30', ...reason }),
  ]
  const terms = { version: '1', credits: '5', name: 'Small' }
  const forms: Record<string, FilledForm[]> = {
    '/desk/customers/:id/merge': [about({ source: ids.sources, ticket: ids.tickets, ...reason })],
    '/desk/customers/:id/people': people,
    '/desk/tickets/:id/credits': byHand,
    '/desk/tickets/:id/replies': [
      plain({ channel: 'email', body: 'Hello', ...key }),
      plain({ channel: 'note', body: 'Hello', ...key }),
    ],
    '/desk/tickets/:id/work': [
      plain({ minutes: '5', body: 'Done', ...key }),
      about({ minutes: '5', body: 'Done', offerId: ids.offers, ...key, idempotencyKey: randomUUID() }),
    ],
    '/desk/tickets/:id/work-offers': [plain({ minutes: '5', body: 'To do', ...key })],
    '/desk/replies': [plain({ name: 'Hello', 'text.en': 'Hello' })],
    '/desk/replies/:id': [plain({ name: 'Hello', 'text.en': 'Hello' }), plain({ act: 'remove' })],
    '/desk/tickets/:id/saved-replies': [plain({ channel: 'email', body: 'Hello', ...key })],
    '/desk/tickets/:id/draft': [plain({ channel: 'email', body: 'Hello', key: randomUUID() })],
    '/desk/tickets/:id/files': [plain({ channel: 'email', body: 'Hello', ...key })],
    '/desk/tickets/:id/files/:fileId/remove': [plain({ channel: 'email', body: 'Hello', ...key })],
    '/desk/tickets/:id/top-up-request': [plain({ channel: 'email', body: 'Hello', ...key })],
    '/desk/tickets/:id/goodwill': [
      plain({ channel: 'email', body: 'Hello', goodwillReason: 'apology', ...key }),
    ],
    '/desk/tickets/:id/quote': [plain({ channel: 'email', body: 'Hello' })],
    '/desk/tickets/:id/messages/:messageId/resolve': [plain({ outcome: 'lost' })],
    '/desk/mail/:id': [plain({ decision: 'dismiss' })],
    '/desk/tickets/:id/held/:heldId': [plain({ decision: 'discarded' })],
    '/desk/acts': [
      about({ act: 'close', ticket: ids.tickets }),
      about({ act: 'assign', agent: ids.agents, ticket: ids.tickets }),
      about({ act: 'merge', ticket: ids.tickets, into: ids.tickets }),
    ],
    '/desk/tickets/:id/status': [plain({ status: 'closed' })],
    '/desk/packages': [plain({ match: 'product:77', ...terms })],
    '/desk/setup/agents': [plain({ email: 'eva@agents.example', name: 'Eva', role: 'agent' })],
    '/desk/setup/agents/:id': [plain({ act: 'invite' }), about({ act: 'deactivate', to: ids.colleagues })],
    '/desk/setup/keys': [plain({ 'scope.read': 'on' })],
    '/desk/setup/channels/sms/test': [plain({ phone: '+38640123456' })],
    '/desk/packages/:id': [plain(terms)],
    '/desk/packages/products/settings': [plain({ creditsKey: '_credits' })],
    '/desk/setup/shop/connect': [plain({ how: 'keys', url: 'https://shop.example', days: '1' })],
    '/desk/setup/shop/disconnect': [plain({ sure: 'on' })],
    '/desk/setup/shop/backfill': [plain({ days: '1' })],
    '/desk/setup/shop/settings': [
      plain({
        supervisorCredits: '50',
        agentWaivers: '0',
        mergeWindow: '0',
        undoSeconds: '0',
        lowBalance: '2',
        renewalTicket: 'none',
        creditsKey: '_support_credits',
      }),
    ],
    '/desk/packages/unmatched': [plain({ subject: 'product:11' })],
    '/portal/:token/people': people,
    '/portal/:token/offers/:offerId': [plain({ answer: 'agree' })],
    '/portal/:token/replies': [
      plain({ body: 'Hello', ...key }),
      about({ body: 'Hello', file: ids.files, ...key, idempotencyKey: randomUUID() }),
    ],
    '/portal/:token/clock': [plain({ timeZone: 'Europe/Ljubljana' })],
    '/portal/:token/files': [plain({ body: 'Hello', ...key })],
    '/portal/:token/files/:fileId/remove': [plain({ body: 'Hello', ...key })],
    '/offer/:token': [plain({ answer: 'decline' })],
  }
  return forms[path] ?? [plain({})]
}
