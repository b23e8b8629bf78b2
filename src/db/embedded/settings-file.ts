import { randomBytes } from 'node:crypto'
import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../error-code.ts'

/** How to reach the embedded server; kept in DATA_DIR/postgres.json, readable by its owner only. */
export interface ServerSettings {
  port: number
  password: string
}

/** Reads the file; undefined when it is not there. Throws, naming the file, when it can't be read or understood. */
export async function readSettings(file: string): Promise<ServerSettings | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return undefined
    if (code === 'EACCES')
      throw new Error(
        `${file} may not be read by this user. Start CreditDesk as the user who owns it, or use another DATA_DIR.`,
      )
    throw error
  }
  const settings = parse(text)
  if (!settings)
    throw new Error(
      `${file} can't be understood. It holds the port and the password of the embedded PostgreSQL: ` +
        '{ "port": 40000, "password": "..." }. Restore it from a copy.',
    )
  return settings
}

function parse(text: string): ServerSettings | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('port' in value) || !('password' in value))
    return undefined
  const { port, password } = value
  return typeof port === 'number' && typeof password === 'string' ? { port, password } : undefined
}

/** Writes the file whole or not at all. When root writes it, it belongs to the owner of DATA_DIR, who must be able to go on. */
export async function writeSettings(file: string, settings: ServerSettings): Promise<void> {
  const draft = `${file}.${process.pid}`
  await writeFile(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  if (process.getuid?.() === 0) {
    const owner = await stat(dirname(file))
    await chown(draft, owner.uid, owner.gid)
  }
  await rename(draft, file)
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url')
}
