// Turns the sources into dist/: Prisma's client, the type check with JavaScript, the scripts of the pages.
// Plain JavaScript, because it is what runs before there is any compiled TypeScript.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/**
 * Builds dist/ from the sources of the project at `root`. What is in dist/ is replaced only when everything went well,
 * and `stamp` is written last, so that a build that failed or was killed never counts as built.
 * Throws after printing to stderr what the compiler said.
 */
export async function build(root, stamp) {
  const dist = join(root, 'dist')
  const next = join(dist, '.next')
  await rm(next, { recursive: true, force: true })
  await generateClient(root)
  await compile(root, next)
  await bundleScripts(root, join(next, 'assets'))
  await rm(join(dist, '.stamp'), { force: true })
  await replace(dist, next)
  await writeFile(join(dist, '.stamp'), stamp)
}

/** Prisma's generator takes two seconds, so it runs only when the schema or Prisma changed since it last ended well. */
async function generateClient(root) {
  const schema = join(root, 'prisma', 'schema.prisma')
  if (!existsSync(schema)) return
  const generated = join(root, 'src', 'generated')
  const mark = createHash('sha256')
    .update(readFileSync(schema))
    .update(require('prisma/package.json').version)
    .digest('hex')
  const markFile = join(generated, '.stamp')
  if (existsSync(markFile) && readFileSync(markFile, 'utf8') === mark) return
  await rm(markFile, { force: true })
  const prisma = join(dirname(require.resolve('prisma/package.json')), 'build', 'index.js')
  await run(root, [prisma, 'generate', '--schema', schema, '--no-hints'], {
    // Prisma wants its migration engine's file even here, where it never runs it, and would download it.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  })
  await writeFile(markFile, mark)
}

async function compile(root, outDir) {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
  const args = [
    tsc,
    '-p',
    join(root, 'tsconfig.build.json'),
    '--outDir',
    outDir,
    '--pretty',
    String(process.stderr.isTTY === true),
  ]
  if (!existsSync(join(root, 'node_modules', '@types', 'node'))) {
    console.error('The type packages are not installed (npm ci --omit=dev): built without the type check.')
    args.push('--noCheck')
  }
  await run(root, args)
}

async function bundleScripts(root, outDir) {
  const folder = join(root, 'src', 'web', 'browser')
  const files = existsSync(folder) ? await readdir(folder) : []
  const entryPoints = files
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => join(folder, file))
  if (entryPoints.length === 0) return
  const { build: bundle } = await import('esbuild')
  await bundle({
    entryPoints,
    outdir: outDir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  })
}

async function replace(dist, next) {
  for (const entry of await readdir(dist)) {
    if (!entry.startsWith('.')) await rm(join(dist, entry), { recursive: true, force: true })
  }
  await mkdir(next, { recursive: true })
  for (const entry of await readdir(next)) await rename(join(next, entry), join(dist, entry))
  await rm(next, { recursive: true, force: true })
}

/** Runs a script of node with all that it says on stderr: stdout belongs to the command that is built for. */
function run(root, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 2, 2],
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${basename(args[0])} failed`))
    })
  })
}
