/** Lets the clocks go on that show what time it is where the customer is. */
export function runClocks(): void {
  setInterval(() => {
    for (const there of document.querySelectorAll<HTMLElement>('[data-clock]')) {
      const time = there.querySelector('time')
      if (time) time.textContent = timeIn(there.dataset.clock)
    }
  }, 15_000)
}

function timeIn(timeZone: string | undefined): string {
  const language = document.documentElement.lang
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone && { timeZone }),
  }).format()
}
