import { sendOnce } from './once.ts'

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-once]')) sendOnce(form)
