import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BlobPort } from '../../src/ports/blobs.ts'

/** Blobs as files below `folder`, in sub-folders by the first two characters so that none of them grows too large. */
export function createFileBlobs(folder: string): BlobPort {
  // Outside of the blobs, so that a backup never takes one that is half written.
  const drafts = `${folder}-drafts`

  return {
    async put(bytes) {
      const name = createHash('sha256').update(bytes).digest('hex')
      const path = pathOf(folder, name)
      if (await isWhole(path, bytes.length)) return name
      await mkdir(drafts, { recursive: true })
      await mkdir(dirname(path), { recursive: true })
      const draft = join(drafts, randomUUID())
      try {
        await write(draft, bytes)
        await rename(draft, path)
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
      await flushFolder(dirname(path))
      await flushFolder(folder)
      return name
    },

    async get(name) {
      try {
        return await readFile(pathOf(folder, name))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },

    async remove(name) {
      await rm(pathOf(folder, name), { force: true })
    },
  }
}

/** Throws RangeError on what is no name of a blob: it may have come from outside and must not lead elsewhere. */
function pathOf(folder: string, name: string): string {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new RangeError('a blob is named by 64 hexadecimal characters')
  return join(folder, name.slice(0, 2), name)
}

async function isWhole(path: string, length: number): Promise<boolean> {
  try {
    return (await stat(path)).size === length
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

async function write(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A name in a folder is lost in a power cut until the folder itself is written. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
}
