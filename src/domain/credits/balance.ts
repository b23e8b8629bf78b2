/** What a person sees of an account, in units. */
export interface Balance {
  available: bigint
  held: bigint
  deficit: bigint
  overdraft: bigint
}

/** The SQL functions answer with JSON numbers; units stay far below 2^53. */
export interface BalanceJson {
  available: number
  held: number
  deficit: number
  overdraft: number
}

export function readBalance(json: BalanceJson): Balance {
  return {
    available: BigInt(json.available),
    held: BigInt(json.held),
    deficit: BigInt(json.deficit),
    overdraft: BigInt(json.overdraft),
  }
}

/** One charge: its sum and the entry written for each grant touched. */
export interface Charge {
  units: bigint
  entries: ChargeEntry[]
}

export interface ChargeEntry {
  id: string
  grantId: string
  units: bigint
  /** How much of it the grant lent (overdraft). */
  beyond: bigint
}

export interface ChargeJson {
  units: number
  entries: { id: number; grant: number; units: number; beyond?: number }[]
}

export function readCharge(json: ChargeJson): Charge {
  return {
    units: BigInt(json.units),
    entries: json.entries.map((entry) => ({
      id: String(entry.id),
      grantId: String(entry.grant),
      units: BigInt(entry.units),
      beyond: BigInt(entry.beyond ?? 0),
    })),
  }
}
