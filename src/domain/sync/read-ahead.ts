/** The same, with the next one already asked for while the caller works on one. */
export async function* readAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let upcoming = source.next()
  try {
    for (;;) {
      const { value, done } = await upcoming
      if (done) return
      upcoming = source.next()
      // Whoever stops here never waits for it.
      upcoming.catch(() => undefined)
      yield value
    }
  } finally {
    void source.return(undefined)
  }
}
