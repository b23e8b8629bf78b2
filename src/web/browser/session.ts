interface State {
  state: 'open' | 'ended' | 'void'
  agentPresent: boolean
  customerPresent: boolean
  togetherSeconds: number
  billedSeconds: number
  heldUnits: number
  remainingSeconds: number | null
  chargedUnits?: number
}

const language = document.documentElement.lang
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })
const pad = new Intl.NumberFormat(language, { minimumIntegerDigits: 2, useGrouping: false })

function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = pad.format(whole % 60)
  if (whole < 3600) return `${numbers.format(minutes)}:${rest}`
  return `${numbers.format(Math.floor(whole / 3600))}:${pad.format(minutes)}:${rest}`
}

function readState(text: string): State | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const seen = value as Record<string, unknown>
    const whole = typeof seen.togetherSeconds === 'number' && typeof seen.state === 'string'
    return whole ? (value as State) : undefined
  } catch {
    return undefined
  }
}

const room = document.querySelector<HTMLElement>('[data-room]')
if (room) run(room)

/** Being connected is being present: the socket does no more than stand, and shows what the server counts. */
function run(room: HTMLElement): void {
  const first = readState(room.dataset.state ?? '')
  if (!first) return
  let state: State = first
  let receivedAt = performance.now()
  let shownSeconds = state.togetherSeconds
  let delay = 500

  const set = (selector: string, text: string) => {
    const element = room.querySelector(selector)
    if (element && element.textContent !== text) element.textContent = text
  }
  const hide = (selector: string, hidden: boolean) => {
    const element = room.querySelector<HTMLElement>(selector)
    if (element) element.hidden = hidden
  }

  const draw = () => {
    const together = state.agentPresent && state.customerPresent
    room.dataset.mood = state.state === 'open' ? (together ? 'together' : 'waiting') : state.state
    const mineFirst = room.dataset.side === 'agent'
    mark(room, 'me', mineFirst ? state.agentPresent : state.customerPresent)
    mark(room, 'other', mineFirst ? state.customerPresent : state.agentPresent)
    set('[data-billed]', stopwatch(state.billedSeconds))
    set('[data-held]', numbers.format(state.heldUnits / 100))
    if (state.chargedUnits !== undefined) {
      set('[data-charged]', numbers.format(state.chargedUnits / 100))
      hide('[data-charged-row]', false)
    }
    drawClock()
  }

  const drawClock = () => {
    const running = state.state === 'open' && state.agentPresent && state.customerPresent && socketOpen
    const since = running ? (performance.now() - receivedAt) / 1000 : 0
    // The server's figure may come a little late; the clock never steps back for it while the session runs.
    shownSeconds = running
      ? Math.max(shownSeconds, state.togetherSeconds + Math.min(since, 5))
      : state.togetherSeconds
    set('[data-clock]', stopwatch(shownSeconds))
    const left = state.remainingSeconds
    hide('[data-countdown]', left === null || state.state !== 'open')
    const text = room.querySelector<HTMLElement>('[data-countdown]')?.dataset.text ?? ''
    if (left !== null)
      set(
        '[data-countdown]',
        text.replace('{n}', () => stopwatch(left - since)),
      )
  }

  let socketOpen = false
  const connect = () => {
    const socket = new WebSocket(room.dataset.socket ?? '')
    socket.addEventListener('open', () => {
      socketOpen = true
      delay = 500
      room.dataset.link = 'up'
      set('[data-connection]', '')
    })
    socket.addEventListener('message', (event) => {
      const next = typeof event.data === 'string' ? readState(event.data) : undefined
      if (!next) return
      state = next
      receivedAt = performance.now()
      draw()
      if (state.state !== 'open') socket.close()
    })
    socket.addEventListener('close', () => {
      socketOpen = false
      room.dataset.link = 'lost'
      if (state.state !== 'open') {
        set('[data-connection]', '')
        return
      }
      set('[data-connection]', room.dataset.lost ?? '')
      setTimeout(connect, delay)
      delay = Math.min(delay * 2, 10_000)
    })
  }

  draw()
  if (state.state !== 'open') return
  set('[data-connection]', room.dataset.connecting ?? '')
  connect()
  setInterval(drawClock, 500)
}

function mark(room: HTMLElement, who: string, here: boolean): void {
  const element = room.querySelector<HTMLElement>(`[data-person="${who}"]`)
  if (element) element.dataset.here = here ? 'yes' : 'no'
}
