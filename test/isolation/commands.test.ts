import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Command, type Option } from 'commander'
import { addAdministration } from '../../src/cli/administration.ts'
import { id } from '../../src/cli/arguments.ts'
import { addImports } from '../../src/cli/imports.ts'
import { messageOf } from '../../src/cli/output.ts'
import { openTestApp, type TestApp } from '../http/open-app.ts'
import { dumpShop } from './dump.ts'
import { type FurnishedShop, furnishShop, type RowIds } from './two-shops.ts'

const test: TestApp = await openTestApp()
let alpha: FurnishedShop
let beta: FurnishedShop
let folder: string

beforeAll(async () => {
  alpha = await furnishShop(test, 'Alpha')
  beta = await furnishShop(test, 'Beta')
  folder = await mkdtemp(join(tmpdir(), 'creditdesk-commands-'))
  await writeFile(join(folder, 'file'), 'reference,email,name,credits\nH-9,eva@example.test,Eva,1\n')
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await test.close()
})

function makeProgram(): Command {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  addAdministration(program, (work) => work(test.deps))
  addImports(program, (work) => work(test.deps))
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program)
  return program
}

// The others are the operator's, who sees all shops.
const ofOneShop = makeProgram().commands.filter((command) =>
  command.options.some((option) => option.long === '--shop'),
)

/** What the options that every command wants are given, by their names; ids are told apart by how they are read. */
const values: Record<string, string> = {
  '--agent': 'owner@agents.example',
  '--channel': 'sms',
  '--credits': '5',
  '--email': 'eva@agents.example',
  '--match': 'product:78',
  '--name': 'Eva',
  '--price': '1',
  '--role': 'agent',
  '--scopes': 'read',
  '--url': 'https://127.0.0.1',
}
const ids: Record<string, keyof RowIds> = { '--package': 'packages' }

/** The furnished shops have no keys. */
const refusals: Record<string, RegExp> = {
  'product:refresh': /^This shop cannot be asked/,
  'shop:backfill': /^This shop cannot be asked/,
  // Nothing private is called.
  'shop:connect': /ALLOW_PRIVATE_SHOP_URLS/,
}

function givenFor(option: Option): string {
  const long = option.long ?? ''
  if (long === '--shop') return String(beta.shopId)
  const area = ids[long]
  const value = option.parseArg === id ? area && alpha.ids[area] : values[long]
  if (value === undefined) throw new Error(`nothing says what ${long} is: test/isolation/commands.test.ts`)
  return value
}

describe("a command for one shop with another's ids", () => {
  it.each(ofOneShop.map((command) => [command.name(), command] as const))(
    '%s neither shows nor changes that one',
    async (name, command) => {
      const before = await dumpShop(test.deps.db, alpha.shopId)
      const options = command.options.filter(
        (option) => option.mandatory || option.parseArg === id || option.long === '--json',
      )
      const args = options.flatMap((option) =>
        option.long === '--json' ? ['--json'] : [option.long ?? '', givenFor(option)],
      )
      const { said, failed } = await run([
        name,
        ...command.registeredArguments.map(() => join(folder, 'file')),
        ...args,
      ])
      expect(said).not.toContain(alpha.mark)
      if (options.some((option) => option.parseArg === id && option.long !== '--shop')) {
        expect(failed).toMatch(/^There is nothing here under that id/)
      } else expect(failed ?? '').toMatch(refusals[name] ?? /^$/)
      expect(await dumpShop(test.deps.db, alpha.shopId)).toEqual(before)
    },
  )
})

async function run(args: string[]): Promise<{ said: string; failed?: string }> {
  let said = ''
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }))
  for (const { stream } of streams) {
    stream.write = (text: string | Uint8Array) => {
      said += String(text)
      return true
    }
  }
  try {
    await makeProgram().parseAsync(args, { from: 'user' })
    return { said }
  } catch (error) {
    return { said, failed: messageOf(error) }
  } finally {
    for (const { stream, write } of streams) stream.write = write
    process.exitCode = 0
  }
}
