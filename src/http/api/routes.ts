import type { ApiRoute } from './route.ts'
import {
  activateAgentRoute,
  changeAgentRoute,
  deactivateAgentRoute,
  inviteAgentAgainRoute,
  inviteAgentRoute,
  listAgentsRoute,
} from './routes/agents.ts'
import { listAuditRoute, listCustomerAuditRoute } from './routes/audit.ts'
import { authorisationRoute, connectRoute, disconnectRoute } from './routes/connect.ts'
import {
  addContactRoute,
  changeContactRoute,
  inviteContactRoute,
  listContactsRoute,
  ownContactRoute,
  removeContactRoute,
} from './routes/contacts.ts'
import {
  findCustomersRoute,
  getAccountRoute,
  getContextRoute,
  grantCreditsRoute,
} from './routes/customers.ts'
import { listDeliveriesRoute } from './routes/deliveries.ts'
import { importBalancesRoute, listImportsRoute } from './routes/imports.ts'
import { addKeyRoute, listKeysRoute, revokeKeyRoute } from './routes/keys.ts'
import { listLedgerChecksRoute } from './routes/ledger-checks.ts'
import { noteRoute, replyRoute, resolveRoute, undoRoute } from './routes/messages.ts'
import { changeNotificationsRoute, getNotificationsRoute } from './routes/notifications.ts'
import {
  addPackageRoute,
  editPackageRoute,
  getPackageRoute,
  listPackagesRoute,
  retirePackageRoute,
} from './routes/packages.ts'
import { listProductsRoute, refreshProductsRoute } from './routes/products.ts'
import { quoteRoute } from './routes/quote.ts'
import { listRatesRoute, setRateRoute } from './routes/rates.ts'
import { deferredRevenueRoute, movementsRoute, outstandingRoute, pricesRoute } from './routes/reports.ts'
import { listReviewsRoute, resolveReviewRoute } from './routes/reviews.ts'
import {
  addSavedReplyRoute,
  changeSavedReplyRoute,
  getSavedReplyRoute,
  listSavedRepliesRoute,
  removeSavedReplyRoute,
} from './routes/saved-replies.ts'
import { endSessionRoute, getSessionRoute, openSessionRoute } from './routes/sessions.ts'
import { changeSettingsRoute, getSettingsRoute } from './routes/settings.ts'
import { getStatementRoute } from './routes/statement.ts'
import {
  adjustRoute,
  forgiveRoute,
  freezeRoute,
  mergeRoute,
  previewMergeRoute,
  reverseRoute,
  settleRoute,
  unfreezeRoute,
} from './routes/supervise.ts'
import {
  checkRoute,
  getBackfillRoute,
  getSyncRoute,
  lookRoute,
  reconcileRoute,
  startBackfillRoute,
  stopBackfillRoute,
} from './routes/sync.ts'
import {
  assignRoute,
  bulkActRoute,
  mergeTicketRoute,
  plainActRoutes,
  snoozeRoute,
  tagRoute,
  undoActRoute,
} from './routes/ticket-acts.ts'
import { createTicketRoute, getTicketRoute, listTicketsRoute } from './routes/tickets.ts'
import { dismissUnmatchedRoute, listUnmatchedRoute } from './routes/unmatched.ts'
import { askRoute, listOffersRoute, withdrawRoute, workRoute } from './routes/work.ts'

/** Every route of /api/v1. What stands here is served and documented; nothing else is. */
export const apiRoutes: readonly ApiRoute[] = [
  listTicketsRoute,
  createTicketRoute,
  getTicketRoute,
  assignRoute,
  tagRoute,
  snoozeRoute,
  ...plainActRoutes,
  mergeTicketRoute,
  bulkActRoute,
  undoActRoute,
  quoteRoute,
  replyRoute,
  noteRoute,
  workRoute,
  askRoute,
  listOffersRoute,
  withdrawRoute,
  resolveRoute,
  undoRoute,
  listAgentsRoute,
  inviteAgentRoute,
  inviteAgentAgainRoute,
  changeAgentRoute,
  deactivateAgentRoute,
  activateAgentRoute,
  getNotificationsRoute,
  changeNotificationsRoute,
  listKeysRoute,
  addKeyRoute,
  revokeKeyRoute,
  openSessionRoute,
  getSessionRoute,
  endSessionRoute,
  findCustomersRoute,
  getAccountRoute,
  getContextRoute,
  getStatementRoute,
  grantCreditsRoute,
  listContactsRoute,
  addContactRoute,
  changeContactRoute,
  removeContactRoute,
  ownContactRoute,
  inviteContactRoute,
  listDeliveriesRoute,
  listReviewsRoute,
  listLedgerChecksRoute,
  outstandingRoute,
  movementsRoute,
  pricesRoute,
  deferredRevenueRoute,
  resolveReviewRoute,
  adjustRoute,
  settleRoute,
  forgiveRoute,
  freezeRoute,
  unfreezeRoute,
  reverseRoute,
  listCustomerAuditRoute,
  listAuditRoute,
  previewMergeRoute,
  mergeRoute,
  importBalancesRoute,
  listImportsRoute,
  getSettingsRoute,
  changeSettingsRoute,
  listPackagesRoute,
  addPackageRoute,
  getPackageRoute,
  editPackageRoute,
  retirePackageRoute,
  listProductsRoute,
  refreshProductsRoute,
  listUnmatchedRoute,
  dismissUnmatchedRoute,
  listRatesRoute,
  setRateRoute,
  getSyncRoute,
  reconcileRoute,
  lookRoute,
  checkRoute,
  connectRoute,
  authorisationRoute,
  disconnectRoute,
  startBackfillRoute,
  getBackfillRoute,
  stopBackfillRoute,
  listSavedRepliesRoute,
  getSavedReplyRoute,
  addSavedReplyRoute,
  changeSavedReplyRoute,
  removeSavedReplyRoute,
]
