import { Ajv2020 } from 'ajv/dist/2020.js'
import { createGenericShop } from '../../../connectors/generic/generic.ts'
import { openApiDocument } from '../../../src/http/api/openapi.ts'
import { publicUrl } from '../open-app.ts'

interface Operation {
  operationId: string
  parameters?: { in: string; name: string }[]
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> }
  responses: Record<string, { content: Record<string, { schema: object }> }>
}

export interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
}

export const document = openApiDocument(publicUrl, { generic: createGenericShop() }) as OpenApi

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(document, 'openapi.json')

/** Checks a value against a schema of the document; undefined when it fits. Throws when a reference leads nowhere. */
export function misfit(pointer: string[], value: unknown): string | undefined {
  const path = pointer
    .map((part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1')))
    .join('/')
  const validate = ajv.compile({ $ref: `openapi.json#/${path}` })
  return validate(value) ? undefined : ajv.errorsText(validate.errors)
}

/** Checks an answer against what the document says of it. */
export function answerMisfit(
  method: string,
  path: string,
  status: number,
  value: unknown,
): string | undefined {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  if (!document.paths[path]?.[method]?.responses[String(status)])
    return `${method} ${path} names no ${status}`
  return misfit(['paths', path, method, 'responses', String(status), 'content', type, 'schema'], value)
}
