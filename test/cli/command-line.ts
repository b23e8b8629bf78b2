import { Command } from 'commander'
import { addAdministration } from '../../src/cli/administration.ts'
import { messageOf } from '../../src/cli/output.ts'
import type { Deps } from '../../src/domain/deps.ts'

/** The administration's commands as they are typed, on a test's database. */
export function commandLine(deps: () => Deps) {
  /** Runs one command; what it prints, or why it failed. */
  async function run(...args: string[]): Promise<{ out: string; failed?: string }> {
    let out = ''
    let said = ''
    const program = new Command().exitOverride().configureOutput({
      writeErr: (text) => {
        said += text
      },
    })
    addAdministration(program, (work) => work(deps()))
    for (const command of program.commands) command.exitOverride().copyInheritedSettings(program)
    const [write, notice] = [process.stdout.write, process.stderr.write]
    process.stdout.write = (text: string | Uint8Array) => {
      out += String(text)
      return true
    }
    process.stderr.write = () => true
    try {
      await program.parseAsync([...args], { from: 'user' })
      return { out }
    } catch (error) {
      return { out, failed: said || messageOf(error) }
    } finally {
      process.stdout.write = write
      process.stderr.write = notice
    }
  }

  /** The document of a command that works. */
  async function json(...args: string[]) {
    const { out, failed } = await run(...args, '--json')
    if (failed !== undefined) throw new Error(failed)
    return JSON.parse(out)
  }

  return { run, json }
}
