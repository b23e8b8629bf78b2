// npm run bench [-- --only=spend,intake] [--rounds=3] [--full]: the table of budgets, ours against the baselines in one run.
import { parseArgs } from 'node:util'
import { openGround } from './ground.ts'
import { measureIntake } from './lines/intake.ts'
import { measureLarge } from './lines/large.ts'
import { measureLedger } from './lines/ledger.ts'
import type { Line } from './lines/line.ts'
import { measureMailIn } from './lines/mail-in.ts'
import { measureMemory } from './lines/memory.ts'
import { measureOrderToMail } from './lines/order-to-mail.ts'
import { measureReplyHttp } from './lines/reply-http.ts'
import { measureRoundTrips } from './lines/round-trips.ts'
import { measureSpend } from './lines/spend.ts'
import { killAll } from './processes.ts'
import { drawTable, type Row } from './table.ts'

const lines: Record<string, Line> = {
  intake: measureIntake,
  spend: measureSpend,
  ledger: measureLedger,
  reply: measureReplyHttp,
  trips: measureRoundTrips,
  mail: measureOrderToMail,
  'mail-in': measureMailIn,
  memory: measureMemory,
  large: measureLarge,
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(lines).join() },
    rounds: { type: 'string', default: '3' },
    full: { type: 'boolean', default: false },
  },
})
const wanted = values.only.split(',')
const rounds = Number(values.rounds)
const unknown = wanted.filter((name) => !lines[name])
if (unknown.length > 0 || !(rounds >= 1)) {
  console.error(`--only takes ${Object.keys(lines).join()}; --rounds takes a number from 1`)
  process.exit(2)
}

const ground = await openGround(1000)
let ending: Promise<never> | undefined
const end = (code: number) => {
  // A signal ends the programs that are measured, which fails the line: both ways come here, and only one may close.
  ending ??= (async () => {
    killAll()
    await ground.close()
    return process.exit(code)
  })()
  return ending
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(1))

const rows: Row[] = []
try {
  for (const name of wanted) {
    console.error(`Measuring: ${name} ...`)
    rows.push(...((await lines[name]?.(ground, { rounds, full: values.full })) ?? []))
  }
  console.log(drawTable(rows))
  await end(0)
} catch (error) {
  if (rows.length > 0) console.log(drawTable(rows))
  console.error(error)
  await end(1)
}
