import type { Sql } from '../../db/database.ts'

/** What was paid for a grant, and what it bought. */
export interface Payment {
  /** Of the line, after discount, as the shop wrote it; tax apart (rule 17). */
  total: string
  tax: string
  currency: string
  /** Refunded pieces included. */
  units: bigint
}

/** Another customer's grant has it now. */
export const goneOver = (currency: string): Payment => ({ total: '0', tax: '0', currency, units: 0n })

interface PaidGrant {
  shopId: bigint
  grantId: bigint
  at: Date
}

/** The payment that a grant was made with; none is written for a grant that has one. */
export async function recordFirstPayment(sql: Sql, grant: PaidGrant, payment: Payment): Promise<void> {
  await sql.query(
    'record-first-payment',
    'select from record_first_payment($1, $2, $3, $4, $5, $6, $7)',
    valuesOf(grant, payment),
  )
}

/**
 * What is paid for a grant from now on, since its order was edited. What stood until then stays written, because months that are
 * over were reported with it. The same again writes nothing. The caller holds the lock of the order.
 */
export async function recordPayment(sql: Sql, grant: PaidGrant, payment: Payment): Promise<void> {
  await sql.query(
    'record-payment',
    'select from record_payment($1, $2, $3, $4, $5, $6, $7)',
    valuesOf(grant, payment),
  )
}

function valuesOf({ shopId, grantId, at }: PaidGrant, payment: Payment): unknown[] {
  return [shopId, grantId, payment.total, payment.tax, payment.currency, payment.units, at]
}
