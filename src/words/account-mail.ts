import { type RenderedMail, renderTemplate } from './mail.ts'
import type { Words } from './words.ts'

export interface AccountMail {
  news:
    | 'invitation'
    | 'password_link'
    | 'password_changed'
    | 'second_factor_on'
    | 'second_factor_off'
    | 'second_factor_reset'
  /** Who invites; of invitations. */
  by: string
  at: Date
  shopName: string
  agentName: string
  /** IANA time zone of the shop. */
  timeZone: string
  /** The link to choose a password, or the page of the account. */
  url: string
}

/** The mail that brings an agent a link to choose a password, or says what was changed about their account. */
export function renderAccountMail(words: Words, mail: AccountMail): RenderedMail {
  const { news, shopName: shop } = mail
  const kind = news === 'invitation' || news === 'password_link' ? news : 'account'
  return renderTemplate('account', words, {
    shopName: shop,
    agentName: mail.agentName,
    url: mail.url,
    heading: words.t(`mail:account.heading.${news}`, { shop }),
    intro: words.t(`mail:account.intro.${news}`, {
      shop,
      by: mail.by || shop,
      at: words.dateTime(mail.at, mail.timeZone),
    }),
    label: words.t(`mail:account.button.${kind}`),
    mend: words.t(`mail:account.mend.${kind}`),
  })
}
