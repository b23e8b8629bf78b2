/** What an agent's mail asks for. */
export interface AgentOrder {
  act: 'reply' | 'note' | 'work' | 'nothing'
  /** For the customer, the colleagues, or the log; without the commands. */
  body: string
  /** Of work. */
  minutes?: number
  /** Why it is free of charge. */
  waive?: string
  close: boolean
  /** Name or e-mail of an agent. */
  assign?: string
}

export type ReadOrder = { order: AgentOrder } | { problem: string }

/**
 * Reads the commands in the first lines of a mail: #note, #close, #free reason, #work 40, #assign name. What follows is the text.
 * A first line that begins with # and a letter and is no such command is a problem: sent on, a mistyped #note would show the
 * customer what was meant for colleagues.
 */
export function readOrder(text: string): ReadOrder {
  const lines = text.replaceAll('\r\n', '\n').trim().split('\n')
  const order: AgentOrder = { act: 'reply', body: '', close: false }
  let line = lines[0]
  while (line !== undefined && /^\s*#\p{L}/u.test(line)) {
    const problem = take(order, line.trim())
    if (problem !== undefined) return { problem }
    lines.shift()
    while (lines[0]?.trim() === '') lines.shift()
    line = lines[0]
  }
  order.body = lines.join('\n').trim()
  if (order.body !== '') return { order }
  if (order.act !== 'reply') return { problem: `#${order.act} wants a text below it.` }
  if (order.waive !== undefined) return { problem: '#free wants an answer below it.' }
  if (!order.close && order.assign === undefined) return { problem: 'The mail has no text.' }
  return { order: { ...order, act: 'nothing' } }
}

/** Adds one command; returns what is wrong with it. */
function take(order: AgentOrder, line: string): string | undefined {
  const [, name = '', rest = ''] = /^#(\p{L}+)\s*(.*)$/u.exec(line) ?? []
  switch (name.toLowerCase()) {
    case 'note':
      if (order.act === 'work') return '#note and #work cannot go together.'
      order.act = 'note'
      if (rest !== '') return '#note stands alone in its line; write the note below it.'
      return undefined
    case 'work': {
      if (order.act === 'note') return '#note and #work cannot go together.'
      const minutes = Number(/^(\d{1,4})(\s*min(utes)?)?$/i.exec(rest)?.[1] ?? 0)
      if (minutes < 1 || minutes > 1440) return '#work wants the minutes: #work 40'
      order.act = 'work'
      order.minutes = minutes
      return undefined
    }
    case 'free':
      if (rest === '') return '#free wants a reason: #free our own mistake'
      order.waive = rest.slice(0, 500)
      return undefined
    case 'close':
      order.close = true
      return rest === '' ? undefined : '#close stands alone in its line.'
    case 'assign':
      if (rest === '') return '#assign wants a name: #assign Maja'
      order.assign = rest.slice(0, 200)
      return undefined
    default:
      return `There is no command #${name.slice(0, 40)}. Known are #note, #close, #free, #work and #assign.`
  }
}
