import { noRoute, type Reply, restError } from '../reply.ts'
import type { Store } from '../store.ts'
import { type Paging, pageOf } from './list.ts'
import type { RestRequest } from './route.ts'

/** customers and customers/ID. */
export function answerCustomers(store: Store, request: RestRequest, paging: Paging): Reply {
  const { method, path, url } = request
  if (method !== 'GET') return noRoute
  if (path !== 'customers') {
    const customer = store.customers[path.replace('customers/', '')]
    return customer
      ? { status: 200, body: customer }
      : restError('wc_user_invalid_id', 'Invalid user ID.', 404)
  }
  const email = url.searchParams.get('email')?.toLowerCase()
  const search = url.searchParams.get('search')?.toLowerCase()
  const rows = Object.values(store.customers).filter(
    (customer) =>
      (!email || customer.email.toLowerCase() === email) &&
      (!search || JSON.stringify(customer).toLowerCase().includes(search)),
  )
  return pageOf(rows, url, paging)
}
