import type { SpentLine as Movement } from '../../domain/credits/list-spent.ts'
import type { SpentLine } from '../../web/portal/props.ts'
import { messageChannels } from '../../web/props.ts'

/** Movements of the account as the portal names them. An answer that several grants paid for is one line. */
export function spentLines(movements: readonly Movement[]): SpentLine[] {
  const lines: SpentLine[] = []
  for (const movement of movements) {
    const line = lineOf(movement)
    const last = lines.at(-1)
    if (last && isSameSpend(last, line)) last.units += line.units
    else if (line.units !== 0n) lines.push(line)
  }
  return lines
}

function isSameSpend(a: SpentLine, b: SpentLine): boolean {
  return (
    a.kind === b.kind &&
    (a.kind === 'reply' || a.kind === 'work' || a.kind === 'session') &&
    a.at.getTime() === b.at.getTime()
  )
}

function lineOf(movement: Movement): SpentLine {
  const { at, units, agent = '', subject = '' } = movement
  switch (movement.kind) {
    case 'reply': {
      const channel = messageChannels.find((known) => known === movement.channel) ?? 'email'
      return { kind: 'reply', at, units, channel, agent, subject }
    }
    case 'work':
      return { kind: 'work', at, units, agent, subject, minutes: movement.workMinutes ?? 0 }
    case 'session': {
      const { actualSeconds = 0, billedSeconds = 0 } = movement
      return { kind: 'session', at, units, actualSeconds, billedSeconds, agent }
    }
    case 'purchase':
    case 'refund': {
      const { packageName = '', orderNumber } = movement
      return {
        kind: movement.kind,
        at,
        units,
        packageName,
        ...(orderNumber === undefined ? {} : { order: orderNumber }),
      }
    }
    default:
      return { kind: movement.kind, at, units }
  }
}
