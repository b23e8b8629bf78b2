import { DateTime, IANAZone } from 'luxon'
import type { Deps } from '../deps.ts'

const known = new Map<string, string | undefined>()

/**
 * The time zone of a country (ISO 3166, two letters) in which all clocks show the same; undefined where they do not, and for what is no
 * country. From the tables of Intl, which come with the runtime.
 */
export function zoneOfCountry(country: string): string | undefined {
  if (!/^[A-Z]{2}$/.test(country)) return undefined
  if (!known.has(country)) known.set(country, findZone(country))
  return known.get(country)
}

function findZone(country: string): string | undefined {
  const zones = zonesOf(new Intl.Locale('und', { region: country }))
  // Places of one country may have a zone each and yet one clock, in winter and in summer: Berlin and Büsingen.
  const year = new Date().getUTCFullYear()
  const clocks = zones.map((zone) =>
    [0, 6].map((month) => offsetMinutes(zone, new Date(Date.UTC(year, month, 15)))).join(),
  )
  if (new Set(clocks).size !== 1) return undefined
  return zones[0]
}

/** Newer runtimes have a function where older ones have a field. */
function zonesOf(locale: Intl.Locale): readonly string[] {
  const asked = locale as { getTimeZones?: () => string[] | undefined; timeZones?: string[] }
  return asked.getTimeZones?.() ?? asked.timeZones ?? []
}

/** What a zone's clock shows less what UTC shows. */
export function offsetMinutes(timeZone: string, at: Date): number {
  return DateTime.fromJSDate(at, { zone: timeZone }).offset
}

/** A name of a time zone, as it was given: each runtime prefers other spellings. Undefined for anything else. */
export function readTimeZone(typed: string): string | undefined {
  return /^[A-Za-z][\w+/-]{1,60}$/.test(typed) && IANAZone.isValidZone(typed) ? typed : undefined
}

/**
 * By which clock the person who asks lives. The order's country tells it of the buyer where the country has one clock; else the browser
 * of whoever asks, if they opened their private page.
 */
export function zoneOfAsker(asker: {
  country: string
  buyer: boolean
  browserZone: string | null
}): string | undefined {
  const byCountry = zoneOfCountry(asker.country)
  const byBrowser = asker.browserZone === null ? undefined : readTimeZone(asker.browserZone)
  return asker.buyer ? (byCountry ?? byBrowser) : (byBrowser ?? byCountry)
}

/** Keeps what the browser of one of the account's people said of its clock; what is no time zone is left alone. */
export async function keepTimeZone(
  deps: Pick<Deps, 'db'>,
  person: { shopId: bigint; contactId: bigint; typed: string },
): Promise<void> {
  const zone = readTimeZone(person.typed)
  if (zone === undefined) return
  await deps.db.query(
    'keep-time-zone',
    'update authorised_contact set time_zone = $3 where shop_id = $1 and id = $2 and time_zone is distinct from $3',
    [person.shopId, person.contactId, zone],
  )
}
