/** Milliseconds. Tests shorten them; everything else lives by the defaults. */
export interface SocketTiming {
  /** Between two pings of a socket. */
  ping: number
  /** Without an answer for this long a socket is dead. */
  silence: number
  /** Between two states pushed while both sides are here. */
  push: number
  /** Between two looks at the database, so that a side connected to another process is seen. */
  reread: number
}

export const defaultTiming: SocketTiming = { ping: 5000, silence: 12_000, push: 1000, reread: 2000 }

/** Close codes that a page may see. 4000 to 4999 are free for applications. */
export const closeCodes = {
  done: 1000,
  restarting: 1012,
  unavailable: 1011,
  sessionClosed: 4410,
  tooManySockets: 4429,
} as const
