/** One request of the REST API after the keys were checked. */
export interface RestRequest {
  method: string
  /** Below wc/v3, such as "orders/20/notes". */
  path: string
  url: URL
  /** The body; an empty object when it is none. */
  json(): Record<string, unknown>
}
