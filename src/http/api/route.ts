import type { z } from 'zod'
import type { Scope } from '../../domain/agents/add-api-key.ts'
import type { HttpDeps } from '../http-deps.ts'

/** The API key of a request. */
export interface ApiCaller {
  shopId: bigint
  keyId: bigint
  scopes: readonly Scope[]
}

type IdNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | IdNames<Rest>
  : never

/** One request after authentication and validation. */
export interface ApiCall<Path extends string, Query, Body> {
  caller: ApiCaller
  /** The ids of the path; 0n for what cannot be an id, which is then not found. */
  ids: Record<IdNames<Path>, bigint>
  query: Query
  body: Body
}

interface RouteSpec<
  Path extends string,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  method: 'get' | 'post'
  /** Under /api/v1, in OpenAPI's spelling: "/tickets/{id}". */
  path: Path
  summary: string
  scope: Scope
  query?: Query
  body?: Body
  /** A body that fits, for the document and for the tests. */
  example?: z.input<Body>
  status: 200 | 201
  answer: Answer
  /** Statuses that it may refuse with, besides those that every route has. */
  problems: readonly number[]
  handle(deps: HttpDeps, call: ApiCall<Path, z.output<Query>, z.output<Body>>): Promise<z.input<Answer>>
  /** The same as a file, for `?format=csv` and `Accept: text/csv`. */
  csv?(deps: HttpDeps, call: ApiCall<Path, z.output<Query>, z.output<Body>>): Promise<CsvFile>
}

export interface CsvFile {
  /** Under which a browser keeps it. */
  name: string
  text: string
}

/** A route whose types are worked out: one value validates, answers and documents. */
export interface ApiRoute {
  method: 'get' | 'post'
  path: string
  summary: string
  scope: Scope
  query?: z.ZodType
  body?: z.ZodType
  example?: unknown
  status: 200 | 201
  answer: z.ZodType
  problems: readonly number[]
  /** Validates what came and calls the route. Throws ZodError or what the use case refuses. */
  run(deps: HttpDeps, given: GivenCall): Promise<unknown>
  /** Absent where there is no such file. */
  runCsv?: (deps: HttpDeps, given: GivenCall) => Promise<CsvFile>
}

export interface GivenCall {
  caller: ApiCaller
  ids: Record<string, bigint>
  query: unknown
  body: unknown
}

export function apiRoute<
  const Path extends string,
  Answer extends z.ZodType,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<Path, Query, Body, Answer>): ApiRoute {
  const { handle, csv, ...rest } = spec
  const validate = (given: GivenCall): ApiCall<Path, z.output<Query>, z.output<Body>> => ({
    caller: given.caller,
    ids: given.ids,
    // Without a schema the type is undefined, and nothing that came is handed on.
    query: spec.query?.parse(given.query) as z.output<Query>,
    body: spec.body?.parse(given.body) as z.output<Body>,
  })
  return {
    ...rest,
    run: async (deps, given) => handle(deps, validate(given)),
    ...(csv && { runCsv: async (deps: HttpDeps, given: GivenCall) => csv(deps, validate(given)) }),
  }
}
