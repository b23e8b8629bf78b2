import type { ChannelPrice, Mails, WelcomeMail } from './mail-data.ts'
import type { Words } from './words.ts'

/* What a template prints but cannot reckon: everything else it takes from the mail's data as it is. */

type View = Record<string, unknown>

/** One function for each mail; the compiler asks for the next one. */
export const mailViews: { [K in keyof Mails]: (mail: Mails[K], words: Words) => View } = {
  welcome: (mail, words) => ({
    ...mail,
    timeZone: mail.timeZone ?? 'UTC',
    meter: meterOf(mail),
    grants: mail.grants.map((grant) => ({
      ...grant,
      prices: grant.channels.map((price) => ({
        channel: words.t(`common:channel.${price.channel}`),
        price: pricePhrase(price, words),
      })),
    })),
  }),
  'top-up': (mail) => ({
    ...mail,
    timeZone: mail.timeZone ?? 'UTC',
    boughtUnits: mail.bought.reduce((sum, grant) => sum + grant.units, 0n),
  }),
  reply: (mail, words) => ({
    ...mail,
    subject: bareSubject(mail.subject),
    charge: chargePhrase(mail.costUnits, mail.waivedWorthUnits, words),
    left: leftPhrase(mail.availableUnits, words),
  }),
  'session-invitation': (mail, words) => ({
    ...mail,
    subject: bareSubject(mail.subject),
    price: pricePhrase({ channel: 'video', per: 'minutes', ...mail }, words),
    left: leftPhrase(mail.availableUnits, words),
  }),
  'portal-answer': (mail, words) => ({
    ...mail,
    subject: bareSubject(mail.subject),
    left: leftPhrase(mail.availableUnits, words),
  }),
  'credits-needed': (mail, words) => ({
    ...mail,
    subject: bareSubject(mail.subject),
    required: words.creditsPhrase(mail.requiredUnits),
    left: leftPhrase(mail.availableUnits, words),
  }),
  'contact-invitation': (mail) => ({ ...mail }),
  'no-package': (mail) => ({ ...mail, subject: bareSubject(mail.subject) }),
  'expiry-warning': (mail) => ({
    ...mail,
    timeZone: mail.timeZone ?? 'UTC',
    endingUnits: mail.ending.reduce((sum, grant) => sum + grant.units, 0n),
    firstEnd: mail.ending[0]?.expiresAt,
  }),
  'session-bill': (mail) => ({ ...mail, subject: bareSubject(mail.subject) }),
  'work-done': (mail, words) => ({
    ...mail,
    subject: bareSubject(mail.subject),
    cost: workCost(mail, words),
    left: leftPhrase(mail.availableUnits, words),
  }),
  'work-offer': (mail, words) => ({
    ...mail,
    subject: bareSubject(mail.subject),
    cost: workCost(mail, words),
    left: leftPhrase(mail.availableUnits, words),
  }),
}

/** A subject that came in as "Re: AW: x" goes out as "Re: x", so that it does not grow with each answer. */
function bareSubject(subject: string): string {
  return subject.replace(/^(\s*(re|aw|sv|odg|απ)\s*:)+\s*/i, '')
}

function pricePhrase(price: ChannelPrice, words: Words): string {
  if (price.priceUnits === 0n) return words.t('common:price.free')
  const credits = words.creditsPhrase(price.priceUnits)
  return price.per === 'minutes'
    ? words.t('common:price.minutes', { credits, n: words.number(price.stepMinutes) })
    : words.t(`common:price.${price.per}`, { credits })
}

function chargePhrase(cost: bigint, waivedWorth: bigint | undefined, words: Words): string {
  if (cost > 0n) return words.t('mail:reply.cost', { credits: words.creditsPhrase(cost) })
  return waivedWorth
    ? words.t('mail:reply.waived', { credits: words.creditsPhrase(waivedWorth) })
    : words.t('mail:reply.free')
}

function workCost(mail: { costUnits: bigint; waivedWorthUnits?: bigint }, words: Words): string {
  if (mail.costUnits > 0n) return words.creditsPhrase(mail.costUnits)
  return mail.waivedWorthUnits
    ? words.t('mail:work.waived', { credits: words.creditsPhrase(mail.waivedWorthUnits) })
    : words.t('mail:work.free')
}

function leftPhrase(available: bigint, words: Words): string {
  return available > 0n
    ? words.t('mail:left', { credits: words.creditsPhrase(available) })
    : words.t('mail:leftNone')
}

const mostSegments = 20

/**
 * The credit meter as a row of segments, true where there is still credit: one for each credit up to 20, else 20 in
 * all. Any rest shows at least one full segment and anything used at least one empty one, because "all" and "none"
 * must never be a matter of rounding.
 */
function meterOf({ availableUnits, totalUnits }: WelcomeMail): boolean[] {
  const total = Number(totalUnits > availableUnits ? totalUnits : availableUnits) / 100
  if (total === 0) return []
  const segments = Math.min(mostSegments, Math.ceil(total))
  const share = Number(availableUnits) / 100 / total
  const rounded = Math.round(share * segments)
  const full = share === 1 ? segments : share === 0 ? 0 : Math.min(segments - 1, Math.max(1, rounded))
  return Array.from({ length: segments }, (_, index) => index < full)
}
