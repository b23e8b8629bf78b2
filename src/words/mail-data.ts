/* What each mail of templates/email is told. Units are hundredths of a credit; addresses are absolute. */

export type PricedChannel = 'email' | 'sms' | 'whatsapp' | 'portal' | 'video' | 'voice' | 'work'

/** What one channel costs: for each answer, each SMS segment, or each started `stepMinutes` minutes. */
export type ChannelPrice = { channel: PricedChannel; priceUnits: bigint } & (
  | { per: 'reply' | 'segment' }
  | { per: 'minutes'; stepMinutes: number }
)

export interface WelcomeMail {
  shopName: string
  /** '' when the order names nobody. */
  customerName: string
  ticketNumber: number | string
  subject: string
  availableUnits: bigint
  /** Credits that the meter counts as full: what all live grants held at first. */
  totalUnits: bigint
  grants: {
    name: string
    units: bigint
    /** The last instant of validity; null: never expires. */
    expiresAt: Date | null
    channels: ChannelPrice[]
  }[]
  /** IANA time zone of the shop, in which a last day is named. UTC when left out. */
  timeZone?: string
  portalUrl: string
}

/** Tells what a further order added to the account; it went to a ticket that was open. */
export interface TopUpMail {
  shopName: string
  /** '' when the customer has no name. */
  customerName: string
  /** The shop's order number. */
  orderNumber: string
  ticketNumber: number | string
  subject: string
  availableUnits: bigint
  /** `expiresAt`: the last instant of validity; null: never expires. */
  bought: { name: string; units: bigint; expiresAt: Date | null }[]
  /** IANA time zone of the shop, in which a last day is named. UTC when left out. */
  timeZone?: string
  portalUrl: string
}

export interface ReplyMail {
  shopName: string
  agentName: string
  ticketNumber: number | string
  subject: string
  /** Plain text as the agent typed it. */
  body: string
  costUnits: bigint
  /** Set when the agent waived the charge: what the answer would have cost. */
  waivedWorthUnits?: bigint
  availableUnits: bigint
  portalUrl: string
}

export interface SessionInvitationMail {
  shopName: string
  agentName: string
  ticketNumber: number | string
  subject: string
  priceUnits: bigint
  stepMinutes: number
  availableUnits: bigint
  joinUrl: string
  portalUrl: string
}

export interface SessionBillMail {
  shopName: string
  agentName: string
  ticketNumber: number | string
  subject: string
  actualSeconds: number
  billedSeconds: number
  costUnits: bigint
  availableUnits: bigint
  portalUrl: string
}

/** Says that an answer stands on the private page, and not what it says: whoever reads the mail may not be who should read that. */
export interface PortalAnswerMail {
  shopName: string
  agentName: string
  ticketNumber: number | string
  subject: string
  availableUnits: bigint
  portalUrl: string
}

export interface WorkDoneMail {
  shopName: string
  agentName: string
  ticketNumber: number | string
  subject: string
  /** What was done, as the agent typed it. */
  body: string
  workSeconds: number
  costUnits: bigint
  /** Set when the agent waived the charge: what the work would have cost. */
  waivedWorthUnits?: bigint
  availableUnits: bigint
  portalUrl: string
}

export interface WorkOfferMail {
  shopName: string
  agentName: string
  ticketNumber: number | string
  subject: string
  /** What would be done, as the agent typed it. */
  body: string
  workSeconds: number
  costUnits: bigint
  availableUnits: bigint
  /** The page on which the customer agrees or declines. */
  offerUrl: string
  portalUrl: string
}

/** Tells what of a customer's credits ends soon. */
export interface ExpiryWarningMail {
  shopName: string
  /** '' when the customer has no name. */
  customerName: string
  ticketNumber: number | string
  subject: string
  availableUnits: bigint
  /** What ends, the soonest first; at least one. `units`: what is left of it. `expiresAt`: the last instant of validity. */
  ending: { name: string; units: bigint; expiresAt: Date }[]
  /** IANA time zone of the shop, in which a last day is named. UTC when left out. */
  timeZone?: string
  portalUrl: string
}

/** Asks a customer whose credits do not reach for an answer to buy some. */
export interface CreditsNeededMail {
  shopName: string
  /** '' when the customer has no name. */
  customerName: string
  agentName: string
  ticketNumber: number | string
  subject: string
  /** What the answer would cost. */
  requiredUnits: bigint
  availableUnits: bigint
  portalUrl: string
}

/** Brings somebody who may write on a customer's account the link of their own. */
export interface ContactInvitationMail {
  shopName: string
  personName: string
  /** The company or the customer on whose account the person may write. */
  accountName: string
  portalUrl: string
}

/** For somebody who wrote and has no account: where packages are sold. */
export interface NoPackageMail {
  shopName: string
  /** Of the mail that is answered; '' when it had none. */
  subject: string
  shopUrl: string
}

/** The mails by the name of their folder in templates/email. */
export interface Mails {
  'expiry-warning': ExpiryWarningMail
  welcome: WelcomeMail
  'top-up': TopUpMail
  reply: ReplyMail
  'session-invitation': SessionInvitationMail
  'session-bill': SessionBillMail
  'work-done': WorkDoneMail
  'work-offer': WorkOfferMail
  'portal-answer': PortalAnswerMail
  'credits-needed': CreditsNeededMail
  'contact-invitation': ContactInvitationMail
  'no-package': NoPackageMail
}
