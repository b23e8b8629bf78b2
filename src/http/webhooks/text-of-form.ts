/** A parsed form as plain text fields. Of a field that came twice the first counts. */
export function textOfForm(body: unknown): Record<string, string> {
  const form: Record<string, string> = {}
  if (typeof body !== 'object' || body === null) return form
  for (const [name, value] of Object.entries(body)) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') form[name] = first
  }
  return form
}
