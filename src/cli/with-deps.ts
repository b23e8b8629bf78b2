import type { Deps } from '../domain/deps.ts'

/** Runs a command with the use cases' dependencies on the database of DATA_DIR or DATABASE_URL, and closes them after it. */
export type WithDeps = (work: (deps: Deps) => Promise<void>) => Promise<void>
