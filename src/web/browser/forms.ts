import { sendOnce } from './once.ts'

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-once]')) sendOnce(form)

// A guess, in place of ours: most people set a shop up where it is.
const zone = document.querySelector<HTMLSelectElement>('select[data-zone]')
if (zone) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  if ([...zone.options].some(({ value }) => value === timeZone)) zone.value = timeZone
}
