import { renderAuditPage } from '../../src/web/audit/page.tsx'
import { type ComposerError, composerChannels } from '../../src/web/desk/composer-props.ts'
import { costFields } from '../../src/web/desk/cost-props.ts'
import { renderImported, renderImportPage } from '../../src/web/desk/import.tsx'
import { renderDeskList } from '../../src/web/desk/list.tsx'
import { renderMergePage } from '../../src/web/desk/merge.tsx'
import { renderPackagePage } from '../../src/web/desk/package.tsx'
import { renderPackagesPage } from '../../src/web/desk/packages.tsx'
import { renderProductsPage } from '../../src/web/desk/products.tsx'
import { views } from '../../src/web/desk/props.ts'
import { renderPickReply, renderSavedReplies } from '../../src/web/desk/saved-replies.tsx'
import { renderTicketPage } from '../../src/web/desk/ticket.tsx'
import { renderMailPage } from '../../src/web/mail/page.tsx'
import { renderNotificationsPage } from '../../src/web/me/notifications.tsx'
import { renderDeskPeople, renderPortalPeople } from '../../src/web/people/page.tsx'
import { personActs } from '../../src/web/people/props.ts'
import { renderErrorPage } from '../../src/web/plain/error.tsx'
import { renderHomePage } from '../../src/web/plain/home.tsx'
import { renderConfirmPage } from '../../src/web/portal/confirm.tsx'
import { renderOfferPage } from '../../src/web/portal/offer.tsx'
import { renderPortalPage } from '../../src/web/portal/portal.tsx'
import { renderReports } from '../../src/web/reports/page.tsx'
import { renderSandboxMail, renderSandboxMailList } from '../../src/web/sandbox/mail.tsx'
import { renderSandboxPhone } from '../../src/web/sandbox/phone.tsx'
import { renderSessionPage } from '../../src/web/session/session.tsx'
import { renderSettingsPage } from '../../src/web/setup/settings.tsx'
import { renderShopPage } from '../../src/web/setup/shop.tsx'
import { renderDeskStatement, renderPortalStatement } from '../../src/web/statement/page.tsx'
import { auditPage } from './audit-samples.ts'
import { importChecked, imported, importedBefore, importGive, importWrong } from './import-samples.ts'
import { mailPage } from './mail-samples.ts'
import { mergeCompare, mergeFind } from './merge-samples.ts'
import { packagePage, packagesPage, wrongForm } from './package-samples.ts'
import { deskPeople, portalPeople, refusedPerson, somebody } from './people-samples.ts'
import { productStates, productsPage } from './product-samples.ts'
import { emptyReports, reports } from './reports-samples.ts'
import {
  frame,
  listProps,
  mailListProps,
  mailProps,
  minutesAgo,
  offerProps,
  phoneProps,
  portalProps,
  sessionProps,
  shopContexts,
  ticketProps,
  troubledTicket,
} from './samples.ts'
import { editedReply, pickReply, savedReplies } from './saved-reply-samples.ts'
import { setupPages } from './setup-pages-samples.ts'
import { notificationsPage, settingsPage, shopPage, shopStates } from './setup-samples.ts'
import { signInPages } from './sign-in-samples.ts'
import { deskStatement, emptyStatement, portalStatement } from './statement-samples.ts'

const without = <T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> =>
  Object.fromEntries(
    Object.entries(value).filter(([key]) => !(keys as PropertyKey[]).includes(key)),
  ) as unknown as Omit<T, K>

const composerErrors: ComposerError['code'][] = [
  'channel_not_covered',
  'channel_not_configured',
  'stale_conversation',
  'idempotency_conflict',
  'no_contact',
  'empty_body',
  'body_too_long',
  'bad_minutes',
  'offer_not_agreed',
  'waive_not_allowed',
  'form_expired',
  'unexpected',
]

/** Every page in every state that has words of its own, by name. */
export function everyPage(): [name: string, html: string][] {
  const pages: [string, string][] = []
  const found = { view: 'unanswered' as const, query: 'lipa', search: '?view=unanswered&q=lipa' }
  const noRows = without({ ...listProps, rows: [] }, 'olderHref')
  for (const view of views) {
    const place = { view, search: `?view=${view}` }
    pages.push([`list ${view}`, renderDeskList({ ...listProps, place })])
    pages.push([`list ${view}, empty`, renderDeskList({ ...noRows, place })])
  }
  pages.push(['search without result', renderDeskList({ ...noRows, place: found })])
  pages.push(['ticket', renderTicketPage(ticketProps)])
  pages.push(['troubled ticket', renderTicketPage(troubledTicket)])
  for (const [name, context] of Object.entries(shopContexts)) {
    pages.push([`ticket, in the shop: ${name}`, renderTicketPage({ ...ticketProps, context })])
  }
  pages.push([
    'ticket, nothing said',
    renderTicketPage({ ...without(ticketProps, 'rows'), conversation: [] }),
  ])
  for (const state of ['queued', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'undone'] as const) {
    pages.push([
      `message ${state}`,
      renderTicketPage({
        ...ticketProps,
        conversation: ticketProps.conversation.map((item) =>
          item.kind === 'message' && item.id === 'm2' ? { ...item, state } : item,
        ),
      }),
    ])
  }
  const waits = { state: 'queued', due: minutesAgo(-5), mayUndo: true } as const
  for (const [name, message] of Object.entries({
    'may be undone': waits,
    'put off': { ...waits, failure: '451 4.7.1 Greylisted, see postmaster.example' },
    'too late to undo': { state: 'sending', tooLate: true },
  } as const)) {
    pages.push([
      `message ${name}`,
      renderTicketPage({
        ...ticketProps,
        conversation: ticketProps.conversation.map((item) =>
          item.kind === 'message' && item.id === 'm2' ? { ...item, ...message } : item,
        ),
      }),
    ])
  }
  for (const state of ['open', 'waiting', 'snoozed', 'closed', 'spam'] as const) {
    pages.push([
      `ticket ${state}`,
      renderTicketPage({ ...ticketProps, ticket: { ...ticketProps.ticket, state } }),
    ])
  }
  for (const code of composerErrors) {
    const error = { code } as ComposerError
    pages.push([
      `refused: ${code}`,
      renderTicketPage({ ...ticketProps, composer: { ...ticketProps.composer, error } }),
    ])
  }
  for (const reason of ['no_email', 'no_phone', 'not_configured', 'not_covered', 'frozen'] as const) {
    const channels = composerChannels.map((channel) => ({
      channel,
      offer: { kind: 'unavailable' as const, reason },
    }))
    pages.push([
      `off: ${reason}`,
      renderTicketPage({ ...ticketProps, composer: { ...ticketProps.composer, channels } }),
    ])
  }
  const freeStart = {
    channel: 'video' as const,
    offer: { kind: 'session' as const, costs: 100n, payers: [], stepMinutes: 5, freeSeconds: 60 },
  }
  const bySegment = {
    channel: 'sms' as const,
    offer: { kind: 'ready' as const, costs: 50n, leaves: 650n, payers: [], perSegment: true },
  }
  pages.push([
    'other prices',
    renderTicketPage({
      ...ticketProps,
      composer: { ...ticketProps.composer, channels: [bySegment, freeStart], selected: 'sms' },
    }),
  ])
  const ticket = portalProps.ticket
  pages.push([
    'invitation',
    renderConfirmPage({
      ...frame,
      shopName: 'Trgovina Lipa',
      personName: 'Jan',
      accountName: 'Lipa d.o.o.',
      action: '/portal/x/confirm',
    }),
  ])
  pages.push(['portal', renderPortalPage(portalProps)])
  pages.push([
    'portal, new',
    renderPortalPage({
      ...without(portalProps, 'ticket', 'session', 'buyHref'),
      others: [],
      spent: [],
      offers: [],
    }),
  ])
  if (ticket) {
    for (const error of ['empty_body', 'body_too_long', 'form_expired', 'unexpected'] as const) {
      pages.push([`portal: ${error}`, renderPortalPage({ ...portalProps, ticket: { ...ticket, error } })])
    }
    const received = { ...ticket, received: true, messages: [] }
    pages.push(['portal, received', renderPortalPage({ ...portalProps, ticket: received })])
  }
  for (const state of ['open', 'agreed', 'declined', 'withdrawn', 'used'] as const) {
    const answered = state === 'open' ? {} : { answeredAt: frame.now }
    pages.push([`offer ${state}`, renderOfferPage({ ...offerProps, ...answered, state })])
  }
  pages.push(['offer, too few credits', renderOfferPage({ ...offerProps, available: 0n })])
  pages.push(['merge, find', renderMergePage(mergeFind)])
  pages.push([
    'merge, nobody',
    renderMergePage({ ...mergeFind, step: { kind: 'find', who: 'x', found: [] } }),
  ])
  pages.push(['merge, refused', renderMergePage({ ...mergeFind, step: { kind: 'find' }, error: 'No.' })])
  pages.push(['merge, compare', renderMergePage(mergeCompare)])
  pages.push(['import', renderImportPage(importGive)])
  pages.push(['import, first', renderImportPage({ ...importGive, earlier: [] })])
  for (const problem of ['nothing', 'tooLarge'] as const) {
    const step = { kind: 'give' as const, [problem]: true }
    pages.push([`import: ${problem}`, renderImportPage({ ...importGive, step })])
  }
  pages.push(['import, wrong', renderImportPage(importWrong)])
  pages.push(['import, checked', renderImportPage(importChecked)])
  const nothingNew = { kind: 'checked' as const, csv: 'x', report: importedBefore }
  pages.push(['import, all known', renderImportPage({ ...importGive, step: nothingNew })])
  pages.push(['imported', renderImported(imported)])
  const { people } = portalPeople
  pages.push(['people of the portal', renderPortalPeople(portalPeople)])
  pages.push(['people of the desk', renderDeskPeople(deskPeople)])
  const alone = { ...people, people: people.people.slice(0, 1), badPeriod: true }
  pages.push(['people, alone', renderPortalPeople({ ...portalPeople, people: alone })])
  pages.push([
    'people, refused',
    renderPortalPeople({ ...portalPeople, people: { ...people, adding: refusedPerson } }),
  ])
  for (const done of ['added', 'changed', 'removed', 'handed_over', 'invited'] as const) {
    pages.push([`people: ${done}`, renderPortalPeople({ ...portalPeople, people: { ...people, done } })])
  }
  for (const act of personActs) {
    const doing = { act, person: somebody, form: refusedPerson }
    pages.push([`people: to ${act}`, renderDeskPeople({ ...deskPeople, people: { ...people, doing } })])
  }
  const ofBuyer = { act: 'change' as const, person: { ...somebody, buyer: true }, form: refusedPerson }
  pages.push([
    'people: change of the buyer',
    renderDeskPeople({ ...deskPeople, people: { ...people, doing: ofBuyer } }),
  ])
  pages.push([
    'portal of an authorised contact',
    renderPortalPage({
      ...without(portalProps, 'statementHref'),
      accountName: 'Čebašek d.o.o.',
      peopleHref: '/people',
    }),
  ])
  pages.push([
    'ticket of a company',
    renderTicketPage({
      ...ticketProps,
      peopleHref: '/desk/customers/7/people?ticket=3',
      people: [
        { name: 'Žiga Čebašek', owner: true, asks: false, monthUnits: 0n },
        { name: 'Jan Vidmar', owner: false, asks: true, monthUnits: 350n },
      ],
    }),
  ])
  pages.push(['statement of the desk', renderDeskStatement(deskStatement)])
  pages.push(['statement of the portal', renderPortalStatement(portalStatement)])
  pages.push(['statement, empty', renderPortalStatement({ ...portalStatement, statement: emptyStatement })])
  pages.push(['reports', renderReports(reports)])
  pages.push(['reports, empty', renderReports(emptyReports)])
  const { moreHref: _, ...wholeList } = packagesPage
  pages.push(
    ['saved replies', renderSavedReplies(savedReplies)],
    ['no saved replies', renderSavedReplies({ ...savedReplies, replies: [] })],
    ['changing a saved reply', renderSavedReplies(editedReply)],
    ['choosing a saved reply', renderPickReply(pickReply)],
  )
  pages.push(['log', renderAuditPage(auditPage)])
  pages.push(['mail', renderMailPage(mailPage)])
  pages.push(['mail, empty', renderMailPage({ ...without(mailPage, 'olderHref'), mails: [] })])
  pages.push([
    'mail, off',
    renderMailPage({ ...without(mailPage, 'olderHref'), mails: [], takesMail: false }),
  ])
  pages.push([
    'log, empty',
    renderAuditPage({ ...without(auditPage, 'olderHref'), rows: [], about: 'shop', paged: false }),
  ])
  pages.push(['packages', renderPackagesPage(packagesPage)])
  const { cost } = packagesPage
  for (const [name, change] of Object.entries({
    nothing: { lines: [] },
    'wrong numbers': { wrong: [...costFields], lines: [] },
    'wrong prices': { wrongPrices: true, lines: [] },
  })) {
    pages.push([
      `packages, cost: ${name}`,
      renderPackagesPage({ ...packagesPage, cost: { ...cost, ...change } }),
    ])
  }
  pages.push(['packages, none', renderPackagesPage({ ...wholeList, packages: [] })])
  pages.push(['packages, wrong', renderPackagesPage({ ...packagesPage, add: wrongForm, rates: wrongForm })])
  pages.push(['packages, added', renderPackagesPage({ ...packagesPage, done: 'added' })])
  pages.push(['packages, rates', renderPackagesPage({ ...packagesPage, done: 'rates' })])
  pages.push(['package', renderPackagePage(packagePage)])
  pages.push(['package, saved', renderPackagePage({ ...packagePage, done: 'saved' })])
  pages.push(['package, changed', renderPackagePage({ ...packagePage, changed: true })])
  const { edit: __, ...readOnly } = packagePage
  pages.push([
    'package, retired',
    renderPackagePage({ ...readOnly, package: { ...packagePage.package, retiredAt: frame.now } }),
  ])
  const quietList = { ...packagesPage.unmatched, products: [], orderCount: 0 }
  pages.push(['packages, nothing to ask', renderPackagesPage({ ...packagesPage, unmatched: quietList })])
  pages.push([
    'packages, said to be no support',
    renderPackagesPage({ ...packagesPage, unmatched: { ...packagesPage.unmatched, dismissed: true } }),
  ])
  for (const warning of ['gone', 'unpublished', 'noKeys'] as const) {
    const shown = { ...packagePage.package, warning }
    pages.push([`package, ${warning}`, renderPackagePage({ ...packagePage, package: shown })])
  }
  pages.push(['products', renderProductsPage(productsPage)])
  for (const [name, change] of Object.entries(productStates)) {
    pages.push([`products, ${name}`, renderProductsPage({ ...productsPage, ...change })])
  }
  pages.push(['notifications', renderNotificationsPage(notificationsPage)])
  pages.push(['notifications, saved', renderNotificationsPage({ ...notificationsPage, saved: true })])
  pages.push([
    'notifications, wrong',
    renderNotificationsPage({
      ...notificationsPage,
      byMail: false,
      form: { ...notificationsPage.form, wrong: ['toldOf', 'quietFrom', 'quietUntil'] },
    }),
  ])
  pages.push(['the shop', renderShopPage(shopPage)])
  for (const [name, change] of Object.entries(shopStates)) {
    pages.push([`the shop, ${name}`, renderShopPage({ ...shopPage, ...change })])
  }
  pages.push(['settings of the shop', renderSettingsPage(settingsPage)])
  pages.push(['settings, saved', renderSettingsPage({ ...settingsPage, saved: true })])
  const wrong = Object.keys(settingsPage.form.values)
  pages.push([
    'settings, wrong',
    renderSettingsPage({ ...settingsPage, form: { ...settingsPage.form, wrong } }),
  ])
  for (const state of ['open', 'ended', 'void'] as const) {
    const session = { ...sessionProps.session, state, remainingSeconds: 45, chargedUnits: 200 }
    pages.push([`room of agent, ${state}`, renderSessionPage({ ...sessionProps, session })])
    const customer = { ...without(sessionProps, 'endAction'), side: 'customer' as const, session }
    pages.push([`room of customer, ${state}`, renderSessionPage(customer)])
  }
  pages.push(['mailbox', renderSandboxMailList(mailListProps)])
  pages.push(['mailbox of one', renderSandboxMailList({ ...mailListProps, to: 'eleni@example.test' })])
  pages.push(['mailbox, empty', renderSandboxMailList({ ...mailListProps, mails: [] })])
  pages.push(['phone', renderSandboxPhone(phoneProps)])
  pages.push(['phone, empty', renderSandboxPhone({ ...without(phoneProps, 'phone'), numbers: [] })])
  pages.push(['mail', renderSandboxMail({ ...mailProps, answered: true })])
  pages.push([
    'mail, bare',
    renderSandboxMail({
      ...mailProps,
      mail: { ...mailProps.mail, subject: '', hasHtml: false, headers: [] },
    }),
  ])
  for (const error of ['empty_body', 'form_expired', 'unexpected'] as const) {
    pages.push([`mail: ${error}`, renderSandboxMail({ ...mailProps, error })])
  }
  pages.push(...signInPages(), ...setupPages())
  pages.push(['home', renderHomePage(frame)])
  pages.push(['home of an agent', renderHomePage({ ...frame, agentName: 'Maja' })])
  for (const status of [400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503]) {
    pages.push([`error ${status}`, renderErrorPage({ ...frame, status, reference: 'r1', homeHref: '/' })])
  }
  return pages
}
