import request, { type Response } from 'supertest'
import { z } from 'zod'
import { offerToken, personToken, portalToken, roomToken } from '../../src/domain/secrets/links.ts'
import { apiRoutes } from '../../src/http/api/routes.ts'
import { csrfTokenFor } from '../../src/http/middleware/csrf-token.ts'
import type { TestApp } from '../http/open-app.ts'
import { formsOf } from './forms.ts'
import type { Route } from './routes.ts'
import { connectSecret, type FurnishedShop, type RowIds, sharedEmail, sharedPhone } from './two-shops.ts'

/** One request to a route. */
export interface Visit {
  /** For the message of a test that fails. */
  how: string
  method: string
  url: string
  headers: Record<string, string>
  json?: unknown
  form?: Record<string, string>
  /** Names something by its id, in the address or in the body, that is none of the visitor's own. */
  foreign: 'address' | 'body' | 'nothing'
}

/** Whose keys are in the hand, and whose ids are named. */
export interface Parties {
  visitor: FurnishedShop
  named: FurnishedShop
}

/** Ids by the word that stands before them in an address; a new word has to be added here. */
const areas: Record<string, keyof RowIds> = {
  agents: 'agents',
  acts: 'acts',
  attachments: 'attachments',
  backfill: 'backfills',
  backfills: 'backfills',
  held: 'held',
  logins: 'logins',
  keys: 'keys',
  mail: 'mail',
  contacts: 'contacts',
  customers: 'customers',
  files: 'files',
  import: 'imports',
  merges: 'sources',
  messages: 'messages',
  offers: 'offers',
  packages: 'packages',
  replies: 'replies',
  reviews: 'reviews',
  'saved-replies': 'replies',
  sessions: 'sessions',
  tickets: 'tickets',
  'work-offers': 'offers',
}

/** Parameters that name nothing of a shop. */
const plain: Record<string, string> = { '/desk/reports/:name.csv': '/desk/reports/movements.csv' }

/** Addresses that belong to no shop; they are visited all the same, with the visitor's login. */
const everybodys = [
  '/',
  '/favicon.ico',
  '/healthz',
  '/readyz',
  '/metrics',
  '/login',
  '/login/forgotten',
  '/login/shop',
  '/login/code',
  '/logout',
  '/api/v1/openapi.json',
]

/** How a route is tried with these keys and ids. Throws on an address that nobody has said anything about. */
export function visitsOf(test: TestApp, route: Route, parties: Parties): Visit[] {
  const { path } = route
  const method = route.method === '_all' ? 'put' : route.method
  const made = (visits: Omit<Visit, 'method'>[]) => visits.map((visit) => ({ ...visit, method }))
  if (everybodys.includes(path)) return made([{ ...atDesk(test, parties, path), how: 'with a login' }])
  if (path.startsWith('/api/v1/')) return made(apiVisits(route, parties))
  if (path === '/desk' || path.startsWith('/desk/')) return made(deskVisits(test, route, parties))
  if (path.startsWith('/portal/:token')) return made(linkVisits(test, route, parties, portalTokens))
  if (path.startsWith('/offer/:token')) return made(linkVisits(test, route, parties, offerTokens))
  if (path.startsWith('/session/:token')) return made(linkVisits(test, route, parties, roomTokens))
  if (path === '/login/password/:token') {
    const token = parties.named.passwordToken.replace(/^\d+/, String(parties.visitor.shopId))
    const form = { password: 'lipa raste ob potoku', again: 'lipa raste ob potoku' }
    const visit = { how: 'with a mailed link', url: `/login/password/${token}`, headers: {}, form }
    return made([{ ...visit, foreign: 'address' }])
  }
  if (path === '/login/:token') {
    // The secret of the one in the name of the other.
    const token = parties.named.loginToken.replace(/^\d+/, String(parties.visitor.shopId))
    // Asking for the headers alone looks nothing up.
    const foreign = method === 'head' ? 'nothing' : 'address'
    return made([{ how: 'with a login link', url: `/login/${token}`, headers: {}, foreign }])
  }
  if (path === '/start/:token') {
    // There are shops, so that no token works; whoever sends one gets nothing.
    const form = method === 'post' ? { form: { shopName: 'Eva', url: 'https://eva.example' } } : {}
    return made([
      { how: 'with a token', url: `/start/${'x'.repeat(43)}`, headers: {}, ...form, foreign: 'address' },
    ])
  }
  if (path.startsWith('/connect/')) {
    // The secret of the one in the name of the other.
    const json = {
      user_id: `${parties.visitor.shopId}.${connectSecret(parties.named.mark)}`,
      consumer_key: `ck_${'0'.repeat(40)}`,
      consumer_secret: `cs_${'0'.repeat(40)}`,
      key_permissions: 'read_write',
    }
    return made([{ how: 'with the state of a connection', url: path, headers: {}, json, foreign: 'body' }])
  }
  // webhooks.test.ts signs deliveries; unsigned ones are nobody's.
  if (path.startsWith('/webhooks/')) {
    const url = path.replace(':shopId', String(parties.named.shopId))
    return made([{ how: 'unsigned', url, headers: {}, foreign: 'address' }])
  }
  throw new Error(`nothing says how ${path} is tried with another shop's keys: test/isolation/visits.ts`)
}

export function send({ app }: TestApp, visit: Visit): Promise<Response> {
  const sent = request(app)[visit.method as 'get'](visit.url).set(visit.headers)
  if (visit.json !== undefined) return sent.send(visit.json as object)
  return visit.form === undefined ? sent : sent.type('form').send(visit.form)
}

/** "/tickets/:id/messages/:messageId" with the ids of a shop. */
function fill(path: string, shop: FurnishedShop): string {
  return (plain[path] ?? path).replace(/\/([\w-]+)\/:\w+/g, (_all, word: string) => {
    const area = areas[word]
    if (!area) throw new Error(`nothing says which id stands after /${word}/: test/isolation/visits.ts`)
    return `/${word}/${shop.ids[area]}`
  })
}

const namesIds = (path: string) => plain[path] === undefined && path.includes('/:')

function apiVisits({ method, path }: Route, { visitor, named }: Parties): Omit<Visit, 'method'>[] {
  const route = apiRoutes.find(
    (one) => one.method === method && `/api/v1${one.path.replace(/\{(\w+)\}/g, ':$1')}` === path,
  )
  const headers = { Authorization: `Bearer ${visitor.key}` }
  const body = route?.example as object | undefined
  const own = bodyIds(route?.body, visitor)
  const others = bodyIds(route?.body, named)
  const query = queryOf(route?.query, named)
  const at = (shop: FurnishedShop) => ({ url: fill(path, shop), headers })
  const foreign = namesIds(path) ? ('address' as const) : ('nothing' as const)
  return [
    { ...at(named), how: 'with a key', json: body && { ...body, ...others, ...agentOf(own) }, foreign },
    ...(query === ''
      ? []
      : [
          {
            ...at(visitor),
            url: fill(path, visitor) + query,
            how: 'with a query',
            foreign: 'nothing' as const,
          },
        ]),
    // One at a time: the first that is refused would hide the others.
    ...Object.entries(others).map(([field, id]) => ({
      ...at(visitor),
      how: `with ${field}`,
      json: { ...body, ...own, [field]: id },
      foreign: 'body' as const,
    })),
  ]
}

function agentOf(ids: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(ids).filter(([name]) => ['agent', 'to', 'into'].includes(name)))
}

/** What a filter may name, by its name. */
function queryOf(query: z.ZodType | undefined, { ids }: FurnishedShop): string {
  const given: Record<string, string> = {
    customer: ids.customers,
    order: String(Number(ids.orders)),
    email: sharedEmail,
    phone: sharedPhone,
    q: 'subject',
  }
  const names = query instanceof z.ZodObject ? Object.keys(query.shape) : []
  const filters = names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))
  return filters.length === 0 ? '' : `?${new URLSearchParams(filters)}`
}

/** Ids that a body may hold, by the name of the field. */
const idFields: Record<string, keyof RowIds> = {
  agent: 'agents',
  into: 'tickets',
  to: 'agents',
  grantId: 'grants',
  heirId: 'colleagues',
  offerId: 'offers',
  payerId: 'grants',
  sourceId: 'sources',
}
/* A number that only says how far the page was read. */
const noIds = ['lastSeenMessageId']

/** The fields of a body that name rows, filled with those of a shop. Throws on a field that is not known here. */
function bodyIds(body: z.ZodType | undefined, { ids }: FurnishedShop): Record<string, unknown> {
  if (!(body instanceof z.ZodObject)) return {}
  const found: Record<string, unknown> = {}
  for (const name of Object.keys(body.shape)) {
    const area = idFields[name]
    if (area) found[name] = ids[area]
    else if (name === 'tickets') found.tickets = [ids.tickets]
    else if (name === 'customer') found.customer = { id: ids.customers }
    else if (/(^i|I)d$/.test(name) && !noIds.includes(name))
      throw new Error(`nothing says which id ${name} is: test/isolation/visits.ts`)
  }
  return found
}

function atDesk({ deps }: TestApp, { visitor, named }: Parties, path: string) {
  const name = deps.publicUrl.startsWith('https:') ? '__Host-creditdesk_login' : 'creditdesk_login'
  return {
    url: fill(path, named),
    headers: {
      Cookie: `${name}=${visitor.login}`,
      Accept: 'text/html',
      'Sec-Fetch-Site': 'same-origin',
      'X-CSRF-Token': csrfTokenFor(deps.keyring, visitor.login),
    },
    foreign: namesIds(path) ? ('address' as const) : ('nothing' as const),
  }
}

/** What a script sends: lists and truths are no words there. */
function jsonOf(form: Record<string, string>): object {
  return 'key' in form ? { ...form, files: [] } : form
}

function deskVisits(test: TestApp, { method, path }: Route, parties: Parties): Omit<Visit, 'method'>[] {
  const { named, visitor } = parties
  const visit = atDesk(test, parties, path)
  const query = `?${new URLSearchParams({
    ...{ q: 'subject', who: sharedEmail, source: named.ids.sources, ticket: named.ids.tickets },
    ...{ before: named.ids.messages, after: '0' },
  })}`
  if (method !== 'post') {
    const own = { ...visit, url: fill(path, visitor) + query, foreign: 'nothing' as const }
    return [
      { ...visit, how: 'with a login' },
      { ...own, how: 'with a query' },
    ]
  }
  return formsOf(path, named).flatMap(({ form, namesRows }) => [
    {
      ...visit,
      how: `with the form ${JSON.stringify(form)}`,
      // A script of the page asks for prices in JSON.
      ...(/\/(quote|draft|writing)$/.test(path) ? { json: jsonOf(form) } : { form }),
    },
    ...(namesRows
      ? [
          {
            ...visit,
            how: `at the own address with the form ${JSON.stringify(form)}`,
            url: fill(path, visitor),
            foreign: 'body' as const,
            form,
          },
        ]
      : []),
  ])
}

type Tokens = (test: TestApp, parties: Parties) => { forged: string[]; own: string }

const portalTokens: Tokens = ({ deps: { keyring } }, { visitor, named }) => {
  const link = (shop: FurnishedShop) => ({
    shopId: visitor.shopId,
    customerId: BigInt(shop.ids.customers),
    ticketId: BigInt(shop.ids.tickets),
    version: shop.linkVersion,
  })
  return {
    forged: [
      portalToken(keyring, link(named)),
      portalToken(keyring, { ...link(named), customerId: BigInt(visitor.ids.customers) }),
      portalToken(keyring, { ...link(named), ticketId: BigInt(visitor.ids.tickets) }),
      personToken(keyring, {
        shopId: visitor.shopId,
        contactId: BigInt(named.ids.contacts),
        version: 1,
      }),
    ],
    own: portalToken(keyring, link(visitor)),
  }
}

const offerTokens: Tokens = ({ deps: { keyring } }, { visitor, named }) => {
  const link = (shop: FurnishedShop) => ({
    shopId: visitor.shopId,
    offerId: BigInt(shop.ids.offers),
    version: shop.linkVersion,
  })
  return { forged: [offerToken(keyring, link(named))], own: offerToken(keyring, link(visitor)) }
}

const roomTokens: Tokens = ({ deps: { keyring } }, { visitor, named }) => {
  const pass = (shop: FurnishedShop) => ({ shopId: visitor.shopId, sessionId: BigInt(shop.ids.sessions) })
  const person = (shop: FurnishedShop) => ({ contactId: BigInt(shop.ids.contacts), version: 1 })
  return {
    forged: [
      roomToken(keyring, { ...pass(named), side: 'agent' }),
      roomToken(keyring, { ...pass(named), side: 'customer' }),
      roomToken(keyring, { ...pass(named), side: 'customer', person: person(named) }),
      roomToken(keyring, { ...pass(visitor), side: 'customer', person: person(named) }),
    ],
    own: roomToken(keyring, { ...pass(visitor), side: 'agent' }),
  }
}

/** A link that we never make (ids of the one in the name of the other), and the visitor's own with the other's ids behind it. */
function linkVisits(test: TestApp, route: Route, parties: Parties, tokens: Tokens): Omit<Visit, 'method'>[] {
  const { named, visitor } = parties
  const { own, ...made } = tokens(test, parties)
  const forged = visitor === named ? [] : made.forged
  const forms = route.method === 'post' ? formsOf(route.path, named) : [{ form: undefined, namesRows: false }]
  const headersFor = (token: string) => ({
    Accept: 'text/html',
    'Sec-Fetch-Site': 'same-origin',
    'X-CSRF-Token': csrfTokenFor(test.deps.keyring, token),
  })
  const at = (token: string, shop: FurnishedShop) =>
    fill(route.path.replace(/^\/(\w+)\/:token/, `/$1/${token}`), shop)
  return forms.flatMap(({ form, namesRows }) => [
    ...forged.map((token) => ({
      how: `with a link that nobody has${form ? ` and the form ${JSON.stringify(form)}` : ''}`,
      url: at(token, named),
      headers: headersFor(token),
      ...(form && { form }),
      foreign: 'address' as const,
    })),
    {
      how: `with a link${form ? ` and the form ${JSON.stringify(form)}` : ''}`,
      url: `${at(own, named)}?ticket=${named.ids.tickets}`,
      headers: headersFor(own),
      ...(form && { form }),
      foreign: route.path.replace('/:token', '').includes('/:')
        ? ('address' as const)
        : namesRows
          ? ('body' as const)
          : ('nothing' as const),
    },
  ])
}
