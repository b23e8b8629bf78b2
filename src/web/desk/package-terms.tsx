import type { Words } from '../../words/words.ts'
import {
  type ExampleProps,
  type PackageProps,
  type PackagesDone,
  type PriceProps,
  pricedChannels,
  type TermsProps,
} from './packages-props.ts'

/** What was just done, in a line. */
export function PackageDone({ done, words }: { done: PackagesDone | undefined; words: Words }) {
  if (!done) return null
  return (
    <p class="banner good" role="status">
      {words.t(`packages:done.${done}`)}
    </p>
  )
}

/** What a package promises, in one sentence of parts; what is as usual is left out. */
export function TermsLine({ terms, words }: { terms: TermsProps; words: Words }) {
  const { t } = words
  const parts = [
    words.creditsPhrase(terms.units),
    terms.days === null
      ? t('packages:withoutEnd')
      : t('packages:validDays', { count: terms.days, n: words.number(terms.days) }),
    terms.channels.length === pricedChannels.length
      ? t('packages:allChannels')
      : listOf(
          terms.channels.map((channel) => t(`packages:channel.${channel}`)),
          words,
        ),
    ...terms.prices.map((price) => pricePhrase(price, words)),
    ...(terms.priority === 0 ? [] : [t('packages:priorityIs', { n: words.number(terms.priority) })]),
    ...(terms.promotional ? [t('packages:promotionalIs')] : []),
    ...(terms.overdraft === 0n
      ? []
      : [t('packages:overdraftIs', { credits: words.creditsPhrase(terms.overdraft) })]),
    ...(terms.firstResponse === undefined
      ? []
      : [t('packages:firstResponseIs', { time: words.duration(terms.firstResponse * 60) })]),
    ...(terms.furtherOrder === 'open_ticket' ? [t('packages:openTicketIs')] : []),
  ]
  return <p class="num terms">{parts.join(' · ')}</p>
}

/** "a 12-minute video and two e-mails cost 4 credits". */
export function ExampleLine({ example, words }: { example: ExampleProps | undefined; words: Words }) {
  if (!example) return null
  const { t } = words
  const things = example.things.map((thing) => t(`packages:thing.${thing}`))
  // One video costs, two e-mails cost: the verb goes by what is counted.
  const single = example.things.length === 1 && example.things[0] === 'video'
  return (
    <p class="example num">
      {t('packages:example', {
        count: single ? 1 : 2,
        things: listOf(things, words),
        credits: words.creditsPhrase(example.units),
      })}
    </p>
  )
}

/** Why nobody can buy it any more, or why it matches nothing. */
export function Warning({ of, words }: { of: PackageProps; words: Words }) {
  if (!of.warning || of.retiredAt) return null
  return <p class="warn">{words.t(`packages:warning.${of.warning}`)}</p>
}

function pricePhrase(price: PriceProps, words: Words): string {
  const { t } = words
  const channel = t(`packages:channel.${price.channel}`)
  const credits = words.creditsPhrase(price.units)
  if (price.units === 0n) return t('packages:priceFree', { channel })
  if (price.per !== 'minutes') return t(`packages:price.${price.per}`, { channel, credits })
  const values = { channel, credits, n: words.number(price.step ?? 5) }
  return price.freeSeconds
    ? t('packages:price.minutesFree', { ...values, free: words.duration(price.freeSeconds) })
    : t('packages:price.minutes', values)
}

function listOf(parts: string[], words: Words): string {
  return new Intl.ListFormat(words.locale === 'en' ? 'en-GB' : words.locale).format(parts)
}
