import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, ConfigError } from './config.ts'
import { wordsFor } from './words/words.ts'

const keyBytes = 32

/**
 * The 32 bytes that all other keys are derived from: SECRET_KEY, else DATA_DIR/secret.key, which is made on the
 * first call. Throws ConfigError when that file holds something else or cannot be written.
 */
export function loadSecretKey(config: Pick<Config, 'secretKey' | 'dataDir'>): Buffer {
  if (config.secretKey) return config.secretKey
  const file = join(config.dataDir, 'secret.key')
  try {
    return readKey(file) ?? makeKey(config.dataDir, file)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const { t } = wordsFor('en')
    const code = (error as NodeJS.ErrnoException).code ?? 'error'
    throw new ConfigError([
      {
        name: 'DATA_DIR',
        problem: t('cli:config.keyFile.problem', { file, code }),
        mend: t('cli:config.keyFile.mend'),
      },
    ])
  }
}

function readKey(file: string): Buffer | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const key = Buffer.from(text, 'base64')
  if (key.length === keyBytes) return key
  // Making a new one instead would leave every stored secret of the shops unreadable.
  const { t } = wordsFor('en')
  throw new ConfigError([
    {
      name: 'SECRET_KEY',
      problem: t('cli:config.keyFileBroken.problem', { file }),
      mend: t('cli:config.keyFileBroken.mend'),
    },
  ])
}

function makeKey(folder: string, file: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    // Server and worker may start together: only one link succeeds, and nobody ever reads half a key.
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const key = readKey(file)
  if (!key) throw new Error(`${file} vanished while it was made`)
  return key
}
