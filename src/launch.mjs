// node src/launch.mjs [--build-only] [--force] [--no-env-file] [--script FILE.ts] [COMMAND ...args]
// Builds when the sources changed, then hands over to dist/src/main.js, or to the script that was asked for.
// Plain JavaScript, because Node 20 does not read TypeScript.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '..', '..')
const dist = join(root, 'dist')

const args = process.argv.slice(2)
// Only the flags before the command are ours.
const flags = new Set()
while (['--build-only', '--force', '--no-env-file'].includes(args[0])) flags.add(args.shift())
const force = flags.has('--force')
const script = args[0] === '--script' ? args.splice(0, 2)[1] : undefined

checkNode()
if (force || !isBuilt(fingerprint())) await buildOnce()
if (!flags.has('--build-only')) await handOver()

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  stop(`CreditDesk needs Node.js 20.19 or newer; this is ${process.versions.node}.`)
}

async function handOver() {
  // What stands in the environment wins over the file. Tests switch it off, so that no developer's settings reach them.
  const envFile = join(root, '.env')
  if (!flags.has('--no-env-file') && existsSync(envFile)) process.loadEnvFile(envFile)
  process.setSourceMapsEnabled(true)
  const file = join(dist, script === undefined ? join('src', 'main.js') : script.replace(/\.tsx?$/, '.js'))
  if (!existsSync(file)) stop(`${script ?? 'src/main.ts'} is not part of the build (${file} is missing).`)
  process.argv = [process.execPath, file, ...args]
  await import(pathToFileURL(file).href)
}

/** Two launches on a fresh clone: the second waits for the first one's build and uses it. */
async function buildOnce() {
  mkdirSync(dist, { recursive: true })
  const { default: lockfile } = await import('proper-lockfile').catch(() =>
    stop('The packages are not installed. Run "npm ci" first.'),
  )
  const unlock = await lockfile.lock(dist, {
    lockfilePath: join(dist, '.lock'),
    stale: 5_000,
    update: 1_000,
    retries: { forever: true, factor: 1, minTimeout: 100, maxTimeout: 100, maxRetryTime: 300_000 },
  })
  try {
    // Taken before the build: a source that is edited during it makes the next launch build again.
    const sources = fingerprint()
    if (!force && isBuilt(sources)) return
    console.error('Building CreditDesk ...')
    const { build } = await import('./build.mjs')
    await build(root, sources)
  } catch (error) {
    console.error(`The build failed: ${error.message}`)
    process.exitCode = 1
  } finally {
    await unlock()
  }
  if (process.exitCode === 1) process.exit(1)
}

function isBuilt(sources) {
  try {
    return (
      readFileSync(join(dist, '.stamp'), 'utf8') === sources && existsSync(join(root, 'src', 'generated'))
    )
  } catch {
    return false
  }
}

/** Name, size and time of every file that the build reads; so that a removed file or an older one put back counts too. */
function fingerprint() {
  const hash = createHash('sha256')
  const add = (file) => {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${file.slice(root.length)}\n${size}\n${mtimeMs}\n`)
  }
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (path !== join(root, 'src', 'generated') && entry.name !== 'fixtures') walk(path)
      } else if (/\.(tsx?|mjs|json|prisma)$/.test(entry.name) && !isTest(path)) add(path)
    }
  }
  for (const folder of ['src', 'connectors', 'prisma', 'test'])
    if (existsSync(join(root, folder))) walk(join(root, folder))
  for (const file of ['package-lock.json', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    add(join(root, file))
  return hash.digest('hex')
}

/** Jest compiles these itself. */
function isTest(path) {
  return path.startsWith(join(root, 'test') + sep) && /\.test\.tsx?$/.test(path)
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
