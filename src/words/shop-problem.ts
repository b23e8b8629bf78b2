import { type RenderedMail, renderTemplate } from './mail.ts'
import type { Words } from './words.ts'

export interface ShopProblemMail {
  kind: 'keys' | 'unreachable' | 'orders_gone' | 'webhooks' | 'silence'
  /** What the shop's API said, with the mend. */
  message: string
  since: Date
  shopName: string
  agentName: string
  /** IANA time zone of the shop. */
  timeZone: string
  deskUrl: string
}

/** The mail that tells a shop's owner that orders cannot be fetched from the shop, why, and what to do. */
export function renderShopProblem(words: Words, problem: ShopProblemMail): RenderedMail {
  const { shopName: shop, kind, timeZone } = problem
  const since = words.dateTime(problem.since, timeZone)
  return renderTemplate('shop-problem', words, {
    shopName: shop,
    agentName: problem.agentName,
    deskUrl: problem.deskUrl,
    heading: words.t(`mail:shopProblem.heading.${kind}`, { shop }),
    intro: words.t(`mail:shopProblem.intro.${kind}`, { shop, since }),
    message: problem.message,
  })
}
