import { z } from 'zod'
import { addPackage } from '../../../domain/packages/add-package.ts'
import { editPackage } from '../../../domain/packages/edit-package.ts'
import { getPackage, listPackages } from '../../../domain/packages/list-packages.ts'
import type { GivenTerms } from '../../../domain/packages/read-terms.ts'
import { retirePackage } from '../../../domain/packages/retire-package.ts'
import { furtherOrders } from '../../../domain/packages/terms.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { actorOf } from '../author.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import { filledText, id, listQuery, pageOf, text, time } from '../fields.ts'
import {
  packageJson,
  packageWithVersionsJson,
  toPackageJson,
  toPackageWithVersionsJson,
} from '../json/package.ts'
import { givenPrice, readGivenPrice } from '../json/price.ts'
import { present } from '../present.ts'
import { type ApiCaller, apiRoute } from '../route.ts'

const termsBody = z.object({
  name: text(1000).nullish().meta({ description: "What customers read; '' for the line's own name." }),
  days: z.number().nullish().meta({ description: 'Validity from the day of payment; null never ends.' }),
  channels: z.array(text(20)).max(20).nullish().meta({ description: 'email includes portal.' }),
  priority: z
    .number()
    .nullish()
    .meta({ description: 'Among credits that end together, a higher one is spent first.' }),
  promotional: z.boolean().nullish().meta({ description: 'Given away: spent before what was paid for.' }),
  overdraft: z
    .number()
    .nullish()
    .meta({ description: 'Credits that may be spent beyond zero of one grant.' }),
  prices: z
    .record(z.string(), givenPrice.nullable())
    .nullish()
    .meta({ description: "By channel, over the shop's rate card; null takes one away." }),
  firstResponse: z
    .number()
    .nullish()
    .meta({ description: 'Minutes in which the first answer is promised; null promises nothing.' }),
  furtherOrder: z
    .enum(furtherOrders)
    .nullish()
    .meta({ description: "open_ticket: an order tops up the customer's open ticket, if there is one." }),
})

type TermsBody = z.output<typeof termsBody>

/** Absent fields stay absent. Of `days` null means something. */
function givenTerms({ days, prices, ...body }: TermsBody): GivenTerms {
  return {
    ...present(body),
    ...(days !== undefined && { days }),
    ...(prices && {
      prices: Object.fromEntries(
        Object.entries(prices).map(([channel, price]) => [channel, price && readGivenPrice(price)]),
      ),
    }),
  }
}

const credits = z
  .number()
  .meta({ description: 'For each piece sold; above 0, at most two decimals.', example: 10 })

async function answer(deps: HttpDeps, caller: ApiCaller, packageId: bigint) {
  return toPackageJson(await getPackage(deps, { shopId: caller.shopId, packageId }))
}

export const listPackagesRoute = apiRoute({
  method: 'get',
  path: '/packages',
  summary: 'Packages with their newest terms, in the order in which they were added.',
  scope: 'read',
  query: listQuery.extend({
    retired: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: 'true: also those not sold any more.' }),
  }),
  status: 200,
  answer: pageOf(packageJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const after = readIdCursor(query.cursor)
    const page = await listPackages(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      retired: query.retired === 'true',
      ...(after === undefined ? {} : { after }),
    })
    return {
      data: page.packages.map(toPackageJson),
      next: page.next === undefined ? null : writeCursor(page.next),
    }
  },
})

export const getPackageRoute = apiRoute({
  method: 'get',
  path: '/packages/{id}',
  summary: 'A package and every version of its terms.',
  scope: 'read',
  status: 200,
  answer: packageWithVersionsJson,
  problems: [404],
  async handle(deps, { caller, ids }) {
    return toPackageWithVersionsJson(await getPackage(deps, { shopId: caller.shopId, packageId: ids.id }))
  },
})

export const addPackageRoute = apiRoute({
  method: 'post',
  path: '/packages',
  summary:
    'Makes a product of the shop carry credits. Earlier orders that matched nothing are looked at again.',
  scope: 'supervise',
  body: termsBody.extend({
    match: filledText(300).meta({
      description:
        'variation:13, product:11, sku:SUPPORT-10, sku:SUPPORT-* (all that begin so) or category:support (its slug).',
      example: 'sku:SUPPORT-10',
    }),
    credits,
  }),
  example: { match: 'sku:SUPPORT-10', credits: 10, days: 365, prices: { sms: { price: 0.5 } } },
  status: 201,
  answer: packageJson,
  problems: [409, 422],
  async handle(deps, { caller, body: { match, credits, ...terms } }) {
    const { id: made } = await addPackage(deps, {
      shopId: caller.shopId,
      actor: actorOf(caller),
      match,
      credits,
      ...givenTerms(terms),
    })
    return answer(deps, caller, BigInt(made))
  },
})

export const editPackageRoute = apiRoute({
  method: 'post',
  path: '/packages/{id}',
  summary: 'Changes the given fields, for purchases from now on: a new version of the terms.',
  scope: 'supervise',
  body: termsBody.extend({
    credits: credits.nullish(),
    version: z
      .int()
      .nullish()
      .meta({ description: 'The version that you saw; 409 package_changed when it is not the newest.' }),
  }),
  example: { version: 1, credits: 12, prices: { sms: null, video: { price: 2, step: 10, free: 60 } } },
  status: 200,
  answer: packageJson,
  problems: [404, 409, 422],
  async handle(deps, { caller, ids, body: { credits, version, ...terms } }) {
    await editPackage(deps, {
      shopId: caller.shopId,
      packageId: ids.id,
      actor: actorOf(caller),
      ...present({ credits, version }),
      ...givenTerms(terms),
    })
    return answer(deps, caller, ids.id)
  },
})

export const retirePackageRoute = apiRoute({
  method: 'post',
  path: '/packages/{id}/retire',
  summary: 'Takes a package from sale. What was sold goes on; the match may be added again.',
  scope: 'supervise',
  status: 200,
  answer: z.object({ id, retiredAt: time }),
  problems: [404],
  async handle(deps, { caller, ids }) {
    const { retiredAt } = await retirePackage(deps, {
      shopId: caller.shopId,
      packageId: ids.id,
      actor: actorOf(caller),
    })
    return { id: String(ids.id), retiredAt: retiredAt.toISOString() }
  },
})
