/** What a REST route answers. */
export interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** The REST error bodies that WooCommerce answers (rest-06-errors.json). */
export function restError(code: string, message: string, status: number): { status: number; body: object } {
  return { status, body: { code, message, data: { status } } }
}

export const noRoute = restError(
  'rest_no_route',
  'No route was found matching the URL and request method.',
  404,
)

/** A parameter that WordPress refuses before the shop sees it. */
export function invalidParam(name: string, code: string, message: string): Reply {
  return {
    status: 400,
    body: {
      code: 'rest_invalid_param',
      message: `Invalid parameter(s): ${name}`,
      data: {
        status: 400,
        params: { [name]: message },
        details: { [name]: { code, message, data: null } },
      },
    },
  }
}
