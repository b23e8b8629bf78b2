import { DateTime } from 'luxon'
import { invalidParam, type Reply } from '../reply.ts'

/** How the shop's paging behaves: honestly, without its headers (a proxy drops them), or endless (`page` is ignored). */
export type Paging = 'honest' | 'withoutHeaders' | 'endless'

/** One page of rows with the headers that tell of the others; past the end both count 0, as captured. */
export function pageOf(rows: object[], url: URL, paging: Paging): Reply {
  const size = Number(url.searchParams.get('per_page') ?? 10)
  if (!(size >= 1 && size <= 100)) {
    const message = 'per_page must be between 1 (inclusive) and 100 (inclusive)'
    return invalidParam('per_page', 'rest_out_of_bounds', message)
  }
  const asked = Math.max(1, Number(url.searchParams.get('page') ?? 1))
  const page = paging === 'endless' ? 1 : asked
  const found = rows.slice((page - 1) * size, page * size)
  const total = paging === 'endless' ? 1_000_000 : found.length === 0 && page > 1 ? 0 : rows.length
  return {
    status: 200,
    body: found.map((row) => pickFields(row, url.searchParams.get('_fields'))),
    headers:
      paging === 'withoutHeaders'
        ? {}
        : { 'x-wp-total': String(total), 'x-wp-totalpages': String(Math.ceil(total / size)) },
  }
}

/** `_fields=id,environment.version` leaves only these of the body. */
export function pickFields(body: object, fields: string | null): object {
  if (!fields) return body
  const picked: Record<string, unknown> = {}
  for (const path of fields.split(',')) copyPath(body, picked, path.split('.'))
  return picked
}

function copyPath(from: object, to: Record<string, unknown>, [name = '', ...rest]: string[]): void {
  if (!(name in from)) return
  const value: unknown = from[name as keyof typeof from]
  if (rest.length === 0 || typeof value !== 'object' || value === null) {
    to[name] = value
    return
  }
  const inner = (to[name] ?? {}) as Record<string, unknown>
  to[name] = inner
  copyPath(value, inner, rest)
}

/** "a,b" or a[0]=a&a[1]=b, as WordPress takes both. Undefined when it is not given. */
export function listParam(url: URL, name: string): string[] | undefined {
  const entries = [...url.searchParams].filter(([key]) => key === name || key.startsWith(`${name}[`))
  if (entries.length === 0) return undefined
  return [...new Set(entries.flatMap(([, value]) => value.split(',')))].filter((value) => value !== '')
}

const writtenDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/

/**
 * The moment after which `modified_after` asks, in UTC as the shop writes it, with the shop's own mistakes (rest-02):
 * milliseconds make it forget the zone, and a zone together with dates_are_gmt shifts the time.
 */
export function modifiedAfter(url: URL, timezone: string): string | Reply | undefined {
  const value = url.searchParams.get('modified_after')
  if (value === null) return undefined
  const match = writtenDate.exec(value)
  if (!match) return invalidParam('modified_after', 'rest_invalid_date', 'Invalid date.')
  const [, fraction, zone] = match
  const isGmt = url.searchParams.get('dates_are_gmt') === 'true'
  const wall = value.slice(0, 19)
  const format = "yyyy-MM-dd'T'HH:mm:ss"
  if (zone && !fraction) {
    const moment = DateTime.fromISO(value, { setZone: true })
    return moment.setZone(isGmt ? timezone : 'utc').toFormat(format)
  }
  return isGmt ? wall : DateTime.fromISO(wall, { zone: timezone }).toUTC().toFormat(format)
}
