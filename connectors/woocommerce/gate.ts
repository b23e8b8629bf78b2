/** Shared hosting serves few requests at once, and the customers of the shop come first. */
const requestsAtOnce = 2

interface Door {
  inside: number
  waiting: (() => void)[]
}

/**
 * Lets at most two requests at a time go to one shop, whichever calls they belong to. `work` runs when its turn comes;
 * it looks at its deadline itself, so what has waited too long passes its turn on at once. A shop that is idle is
 * forgotten, so the gate holds no more than the shops that are being asked now.
 */
export function makeGate(): <T>(url: string, work: () => Promise<T>) => Promise<T> {
  const doors = new Map<string, Door>()

  async function enter(shop: string): Promise<Door> {
    const door = doors.get(shop) ?? { inside: 0, waiting: [] }
    doors.set(shop, door)
    // Whoever leaves hands its place over, so that nobody who came later gets in between.
    if (door.inside >= requestsAtOnce) await new Promise<void>((turn) => door.waiting.push(turn))
    else door.inside += 1
    return door
  }

  function leave(shop: string, door: Door): void {
    const next = door.waiting.shift()
    if (next) next()
    else door.inside -= 1
    if (door.inside === 0) doors.delete(shop)
  }

  return async (url, work) => {
    const shop = new URL(url).host
    const door = await enter(shop)
    try {
      return await work()
    } finally {
      leave(shop, door)
    }
  }
}
