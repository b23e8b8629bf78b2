/** The one source of "now". Every time that is stored or compared comes from here, so that tests can move it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
