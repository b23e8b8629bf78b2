/** A wait that can be ended early. A wake-up that comes while nobody waits ends the next wait at once. */
export interface Waiting {
  pause(ms: number): Promise<void>
  wake(): void
}

export function createWaiting(): Waiting {
  let woken = false
  let end: (() => void) | undefined
  return {
    async pause(ms) {
      if (woken) {
        woken = false
        return
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        end = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      end = undefined
    },
    wake() {
      if (end) end()
      else woken = true
    },
  }
}
