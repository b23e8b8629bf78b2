import { loadExchanges } from '../captures.ts'
import { dates, linksOf, type Store } from './store.ts'
import type { CustomerBody } from './wire.ts'

export interface NewCustomer {
  email: string
  firstName?: string
  lastName?: string
  country?: string
}

const template = loadExchanges('rest-08-customers.json').find(({ request }) =>
  request.path.endsWith('/customers/3'),
)?.body as CustomerBody

/** An account in the shape of rest-08. Gives its id. */
export function addCustomer(store: Store, made: NewCustomer): number {
  const id = store.nextId()
  const names = { first_name: made.firstName ?? 'Ana', last_name: made.lastName ?? 'Novak' }
  store.customers[id] = {
    ...structuredClone(template),
    id,
    email: made.email,
    ...names,
    username: made.email.split('@')[0] ?? '',
    ...dates(store, 'date_created', store.now()),
    ...dates(store, 'date_modified', store.now()),
    billing: { ...template.billing, ...names, email: made.email, country: made.country ?? 'SI' },
    _links: linksOf(store, 'customers', id),
  }
  return id
}
