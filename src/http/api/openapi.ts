import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import type { ShopIntake } from '../../ports/shop.ts'
import type { HttpDeps } from '../http-deps.ts'
import { id } from './fields.ts'
import type { ApiRoute } from './route.ts'
import { apiRoutes } from './routes.ts'

const problemJson = z
  .object({
    type: z.string().meta({ example: 'urn:creditdesk:problem:insufficient_credits' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().meta({ example: 'insufficient_credits' }),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          line: z.int().optional(),
          column: z.string().nullable().optional(),
        }),
      )
      .optional()
      .meta({
        description: 'Each field with its mend. With code rows_wrong: each line and column of the file.',
      }),
    required: z.number().optional().meta({ description: 'With code insufficient_credits.' }),
    available: z.number().optional().meta({ description: 'With status 402.' }),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. Further members depend on the code.' })

const meanings: Record<number, string> = {
  400: 'The request cannot be read.',
  401: 'The key is missing or not known.',
  402: 'insufficient_credits or channel_not_covered.',
  403: 'The key lacks a scope.',
  404: 'The shop of this key has nothing under this id.',
  409: 'In conflict with what is there; `code` says with what.',
  413: 'The body is larger than 1 MB.',
  422: 'A field is missing or wrong, or the channel cannot be used.',
  429: 'Too many requests with a wrong key, or the same invitation again too soon.',
  503: 'The database is away; try again after Retry-After.',
}

const everywhere = [400, 401, 403, 429, 503]

/** The OpenAPI 3.1 document, made of the very schemas that validate. `shops`: what kinds of shop post to us, and how. */
export function openApiDocument(publicUrl: string, shops: HttpDeps['shops'] = {}): object {
  const registry = new OpenAPIRegistry()
  const key = registry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description:
      'Made on the desk, by `POST keys` or `cli apikey:add`. Scopes: read, write, supervise, administer; none includes another.',
  })
  for (const route of apiRoutes) {
    registry.registerPath({
      method: route.method,
      path: route.path,
      summary: route.summary,
      description: `Needs the scope ${route.scope}.`,
      operationId: operationId(route),
      security: [{ [key.name]: [] }],
      request: requestOf(route),
      responses: responsesOf(route),
    })
  }
  for (const [kind, { intake }] of Object.entries(shops)) registerIntake(registry, publicUrl, kind, intake)
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'CreditDesk', version: '1' },
    servers: [{ url: `${publicUrl}/api/v1` }],
  })
}

function requestOf(route: ApiRoute) {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  return {
    ...(names.length > 0 && { params: z.object(Object.fromEntries(names.map((name) => [name, id]))) }),
    ...(route.query instanceof z.ZodObject && { query: route.query }),
    ...(route.body && {
      body: {
        required: true,
        content: {
          'application/json': {
            schema: route.body,
            ...(route.example !== undefined && { example: route.example }),
          },
        },
      },
    }),
  }
}

function responsesOf(route: ApiRoute) {
  const problems = [...new Set([...everywhere, ...route.problems, ...(route.body ? [413] : [])])].sort()
  return {
    [route.status]: {
      description: route.status === 201 ? 'Done.' : 'The answer.',
      content: {
        'application/json': { schema: route.answer },
        ...(route.runCsv && { 'text/csv': { schema: z.string() } }),
      },
    },
    ...Object.fromEntries(
      problems.map((status) => [
        status,
        {
          description: meanings[status] ?? '',
          content: { 'application/problem+json': { schema: problemJson } },
        },
      ]),
    ),
  }
}

/** The address at which a kind of shop posts its orders, where the format is ours to describe. */
function registerIntake(
  registry: OpenAPIRegistry,
  publicUrl: string,
  kind: string,
  { signatureHeader, document }: ShopIntake,
): void {
  if (!document) return
  const { summary, description, signature, schema, example } = document
  const problem = (status: number, means: string) => ({
    [status]: {
      description: means,
      content: { 'application/problem+json': { schema: problemJson } },
    },
  })
  registry.registerPath({
    method: 'post',
    path: `/webhooks/${kind}/{shopId}`,
    servers: [{ url: publicUrl }],
    summary,
    description,
    operationId: `post${kind.charAt(0).toUpperCase()}${kind.slice(1)}Delivery`,
    security: [],
    request: {
      params: z.object({ shopId: id }),
      headers: z.object({ [signatureHeader]: z.string().meta({ description: signature }) }),
      body: { required: true, content: { 'application/json': { schema, example } } },
    },
    responses: {
      200: { description: 'Kept; it is understood in a moment.' },
      ...problem(401, 'The signature does not hold.'),
      ...problem(404, 'There is no such shop of this kind.'),
      ...problem(413, 'The body is larger than 1 MB.'),
      ...problem(422, 'A field is missing or wrong. The body is kept all the same.'),
      ...problem(503, 'The database is away; post again after Retry-After.'),
    },
  })
}

/** "post /tickets/{id}/replies" -> "postTicketsReplies". */
function operationId(route: ApiRoute): string {
  const words = route.path.split('/').filter((part) => part !== '' && !part.startsWith('{'))
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return `${route.method}${name}${route.path.endsWith('}') ? 'ById' : ''}`
}
