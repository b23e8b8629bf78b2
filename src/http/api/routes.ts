import type { ApiRoute } from './route.ts'
import { findCustomersRoute, getAccountRoute, grantCreditsRoute } from './routes/customers.ts'
import { listDeliveriesRoute } from './routes/deliveries.ts'
import { noteRoute, replyRoute, resolveRoute } from './routes/messages.ts'
import { listReviewsRoute } from './routes/reviews.ts'
import { endSessionRoute, getSessionRoute, openSessionRoute } from './routes/sessions.ts'
import { createTicketRoute, getTicketRoute, listTicketsRoute } from './routes/tickets.ts'

/** Every route of /api/v1. What stands here is served and documented; nothing else is. */
export const apiRoutes: readonly ApiRoute[] = [
  listTicketsRoute,
  createTicketRoute,
  getTicketRoute,
  replyRoute,
  noteRoute,
  resolveRoute,
  openSessionRoute,
  getSessionRoute,
  endSessionRoute,
  findCustomersRoute,
  getAccountRoute,
  grantCreditsRoute,
  listDeliveriesRoute,
  listReviewsRoute,
]
