import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'

/** E.164 of a phone as a customer typed it; undefined for what no phone can be. `country`: ISO two letters or ''. */
export function normalPhone(typed: string, country: string): string | undefined {
  if (typed.length > 60) return undefined
  const known: CountryCode | undefined = isSupportedCountry(country) ? country : undefined
  const phone = known ? parsePhoneNumberFromString(typed, known) : parsePhoneNumberFromString(typed)
  return phone?.isValid() ? phone.number : undefined
}
