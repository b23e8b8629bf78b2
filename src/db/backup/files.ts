import { chown, mkdir, readdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Every file below a folder, as paths relative to it; [] when there is no such folder. Walks as it goes: there may be millions. */
export async function* listFiles(folder: string, below = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) yield* listFiles(folder, path)
    else if (entry.isFile()) yield path
  }
}

/** Moves a file into DATA_DIR, making the folders on the way. What root moves there belongs to the owner of DATA_DIR. */
export async function moveInto(dataDir: string, path: string, source: string): Promise<void> {
  const target = join(dataDir, path)
  const made = await mkdir(dirname(target), { recursive: true })
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(dataDir)
    await chown(source, uid, gid)
    for (
      let folder = dirname(target);
      made !== undefined && folder.length >= made.length;
      folder = dirname(folder)
    )
      await chown(folder, uid, gid)
  }
  await rename(source, target)
}
