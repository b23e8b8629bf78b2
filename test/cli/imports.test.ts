import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import { addImports } from '../../src/cli/imports.ts'
import { messageOf } from '../../src/cli/output.ts'
import { verifyLedger } from '../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let shopId: bigint
let folder: string
beforeAll(async () => {
  world = await makeWorld()
  folder = await mkdtemp(join(tmpdir(), 'creditdesk-import-'))
})
afterAll(async () => {
  expect((await verifyLedger(world.db)).problems).toEqual([])
  await world.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  shopId = await world.addShop()
})

interface Ran {
  out: string
  err: string
  /** Of the process. */
  code: number
}

/** Runs import:balances on the test's database as main.ts does. */
async function run(...args: string[]): Promise<Ran> {
  const ran: Ran = { out: '', err: '', code: 0 }
  const program = new Command().exitOverride().configureOutput({
    writeErr: (text) => {
      ran.err += text
    },
  })
  addImports(program, (work) => work(world.deps))
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program)
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write }
  process.stdout.write = (text: string | Uint8Array) => {
    ran.out += String(text)
    return true
  }
  process.stderr.write = (text: string | Uint8Array) => {
    ran.err += String(text)
    return true
  }
  try {
    await program.parseAsync(['import:balances', ...args], { from: 'user' })
    ran.code = Number(process.exitCode ?? 0)
  } catch (error) {
    ran.err ||= messageOf(error)
    ran.code = 1
  } finally {
    process.stdout.write = writes.stdout
    process.stderr.write = writes.stderr
    process.exitCode = undefined
  }
  return ran
}

const ofShop = (...more: string[]) => ['--shop', String(shopId), ...more]

async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, 'balances.csv')
  await writeFile(path, content)
  return path
}

const good = 'reference,email,credits\nH-1,ana@example.com,12.5\nH-2,bor@example.com,3\n'
const grants = () => world.db.prisma.creditGrant.count({ where: { shopId } })

describe('import:balances', () => {
  it('says what it would do, does it once, and says so the second time', async () => {
    const path = await file(good)
    const dry = await run(path, ...ofShop('--dry-run'))
    expect(dry).toEqual({
      out: '2 of 2 rows would be imported, 0 were before: 15.5 credits; 2 new and 0 known customers.\n',
      err: '',
      code: 0,
    })
    expect(await grants()).toBe(0)
    expect((await run(path, ...ofShop())).out).toContain('2 of 2 rows are imported')
    expect((await run(path, ...ofShop())).out).toContain('0 of 2 rows are imported, 2 were before')
    expect(await grants()).toBe(2)
  })

  it('prints one document with --json', async () => {
    const path = await file(good)
    const { out, err } = await run(path, ...ofShop('--json'))
    expect(err).toBe('')
    expect(JSON.parse(out)).toEqual({
      id: expect.stringMatching(/^\d+$/),
      dryRun: false,
      rows: 2,
      new: 2,
      known: 0,
      credits: 15.5,
      customers: { new: 2, known: 0 },
      errors: [],
      errorCount: 0,
    })
  })

  it('names each mistake on a line of its own, ends with 1 and writes nothing', async () => {
    const path = await file('email,credits\nana@example.com,5\nbor@,0\n')
    const { out, err, code } = await run(path, ...ofShop())
    expect([out, code]).toEqual(['', 1])
    expect(err.trimEnd().split('\n')).toEqual([
      'line 3, email: "bor@" is no e-mail address',
      'line 3, credits: give a number above 0, or take the row out',
      'Nothing was imported: 2 mistakes in the file.',
    ])
    const asJson = await run(path, ...ofShop('--json'))
    expect(JSON.parse(asJson.out)).toMatchObject({
      id: null,
      errorCount: 2,
      errors: [{ line: 3 }, { line: 3 }],
    })
    expect([asJson.code, asJson.err.includes('line 3, email')]).toEqual([1, true])
    expect(await grants()).toBe(0)
  })

  it('tells what to do with a file in another encoding', async () => {
    const { err, code } = await run(await file(Buffer.from(`\ufeff${good}`, 'utf16le')), ...ofShop())
    expect([err, code]).toEqual([expect.stringContaining('line 1: '), 1])
    expect(err).toContain('CSV UTF-8')
  })

  it.each([
    ['no file', () => join(folder, 'nowhere.csv'), /nowhere\.csv cannot be read \(ENOENT\)/],
    ['a folder', () => folder, /cannot be read \(EISDIR\)/],
    ['too large a file', () => file(Buffer.alloc(5_000_001, 'x')), /larger than 5 MB. Split it/],
  ])('tells that there is %s', async (_, path, message) => {
    const { out, err, code } = await run(await path(), ...ofShop())
    expect([out, code]).toEqual(['', 1])
    expect(err).toMatch(message)
  })

  it('asks for a shop that is there', async () => {
    const path = await file(good)
    expect((await run(path)).err).toContain('--shop')
    expect(await run(path, '--shop', '987654')).toMatchObject({ out: '', code: 1 })
    expect(await run(path, '--shop', 'x', '--dry-run')).toMatchObject({ out: '', code: 1 })
  })
})
