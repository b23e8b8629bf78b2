/** What credits came from: a package under its newest name, or for grants without one their source. */
export interface Origin {
  packageId: bigint | null
  name: string | null
  /** Of grants without a package: goodwill, api, import; else null. */
  source: string | null
}

/** As statements give it: `name` of the newest grant, which says nothing where there is no package. */
export interface OriginRow {
  package_id: bigint | null
  name: string
  source: string | null
}

export function originOf(row: OriginRow): Origin {
  return { packageId: row.package_id, name: row.package_id === null ? null : row.name, source: row.source }
}
