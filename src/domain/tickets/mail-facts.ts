import type { Sql } from '../../db/database.ts'
import type {
  ChannelPrice,
  ExpiryWarningMail,
  PricedChannel,
  TopUpMail,
  WelcomeMail,
} from '../../words/mail-data.ts'
import type { Price, RateCard } from '../credits/rate-card.ts'
import type { Outgoing } from './load-outgoing.ts'

/** The grants that a welcome mail names: all of the customer's that still entitle to something. */
export async function loadWelcomeGrants(sql: Sql, outgoing: Outgoing): Promise<WelcomeMail['grants']> {
  const rows = await sql.query<{
    name: string
    entitled: bigint
    expires_at: Date | null
    channels: PricedChannel[]
    prices: RateCard
  }>(
    'welcome-grants',
    `select name, entitled, expires_at, channels, prices from credit_grant
     where shop_id = $1 and customer_id = $2 and live and (expires_at is null or expires_at > $3) order by id`,
    [outgoing.shopId, outgoing.customerId, outgoing.claimedAt],
  )
  return rows.map((row) => ({
    name: row.name,
    units: row.entitled,
    expiresAt: row.expires_at,
    channels: row.channels
      .filter((channel) => offered.includes(channel))
      .map((channel) => channelPrice(channel, row.prices[channel])),
  }))
}

// What this version can answer on; a promise of WhatsApp or voice in a mail would be a lie until they are built.
const offered: readonly PricedChannel[] = ['email', 'sms', 'portal', 'video', 'work']

function channelPrice(channel: PricedChannel, price: Price): ChannelPrice {
  const priceUnits = BigInt(price.units)
  return price.per === 'minutes'
    ? { channel, priceUnits, per: 'minutes', stepMinutes: price.step ?? 5 }
    : { channel, priceUnits, per: price.per }
}

/** What an expiry warning names. */
export function readEnding(outgoing: Outgoing): ExpiryWarningMail['ending'] {
  const { ending = [] } = outgoing.data ?? {}
  if (ending.length === 0) throw new Error(`message ${outgoing.messageId} names no grant that ends`)
  return ending.map((grant) => ({
    name: grant.name,
    units: BigInt(grant.units),
    expiresAt: new Date(grant.expiresAt),
  }))
}

/** What a top-up mail names. */
export function readBought(outgoing: Outgoing): Pick<TopUpMail, 'orderNumber' | 'bought'> {
  const { orderNumber = '', bought = [] } = outgoing.data ?? {}
  return {
    orderNumber,
    bought: bought.map(({ name, units, expiresAt }) => ({
      name,
      units: BigInt(units),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    })),
  }
}

export interface SessionFacts {
  sessionId: bigint
  agentName: string
  stepUnits: bigint
  stepSeconds: number
  actualSeconds: number
  billedSeconds: number
  units: bigint
}

export async function loadSessionFacts(sql: Sql, outgoing: Outgoing): Promise<SessionFacts> {
  const [row] = await sql.query<{
    id: bigint
    agent_name: string
    step_units: bigint
    step_seconds: number
    actual_seconds: number | null
    billed_seconds: number | null
    units: bigint
  }>(
    'session-facts',
    `select id, agent_name, step_units, step_seconds, actual_seconds, billed_seconds, units from session
     where shop_id = $1 and id = $2`,
    [outgoing.shopId, outgoing.data?.sessionId ?? null],
  )
  if (!row) throw new Error(`message ${outgoing.messageId} names no session`)
  return {
    sessionId: row.id,
    agentName: row.agent_name,
    stepUnits: row.step_units,
    stepSeconds: row.step_seconds,
    actualSeconds: row.actual_seconds ?? 0,
    billedSeconds: row.billed_seconds ?? 0,
    units: row.units,
  }
}
