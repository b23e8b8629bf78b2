export interface TicketGrant {
  id: bigint
  name: string
  source: string
  orderNumber?: string
  entitled: bigint
  consumed: bigint
  held: bigint
  remainder: bigint
  expiresAt?: Date
  frozen: boolean
  /** Deficit and overdraft together. */
  owed: bigint
}

/** Units as text, because JSON's numbers are floats. */
export interface GrantRow {
  id: number
  name: string
  source: string
  number: string | null
  entitled: string
  consumed: string
  held: string
  remainder: string
  expires_at: string | null
  frozen: boolean
  owed: string
}

/** A column for a statement over `ticket t` with the time as $3: the account's grants, those with credits first, twenty at most. */
export const grantsColumn = `
  coalesce((select json_agg(g) from (
    select g.id, g.name, g.source, o.number, g.entitled::text, g.consumed::text, g.held::text, g.expires_at, g.frozen,
      (case when g.expires_at <= $3 then 0
        else greatest(g.entitled - g.consumed - g.held - g.expired + g.overdraft, 0) end)::text as remainder,
      (g.overdraft + greatest(g.consumed - g.overdraft - g.entitled - g.cleared, 0))::text as owed
    from credit_grant g
    left join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
    where g.shop_id = t.shop_id and g.customer_id = t.customer_id
    order by g.live desc, g.consumed - g.entitled - g.cleared > 0 desc, g.expires_at nulls last, g.id desc limit 20) g), '[]') as grants`

export function readGrants(rows: readonly GrantRow[]): TicketGrant[] {
  return rows.map((row) => ({
    id: BigInt(row.id),
    name: row.name,
    source: row.source,
    ...(row.number !== null && { orderNumber: row.number }),
    entitled: BigInt(row.entitled),
    consumed: BigInt(row.consumed),
    held: BigInt(row.held),
    remainder: BigInt(row.remainder),
    ...(row.expires_at !== null && { expiresAt: new Date(row.expires_at) }),
    frozen: row.frozen,
    owed: BigInt(row.owed),
  }))
}
