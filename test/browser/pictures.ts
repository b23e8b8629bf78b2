import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions } from 'playwright-core'
import { startTestServer, stopTestServer } from '../support/test-server.ts'
import { eventually, type SeenTicket, type Stage, setStage } from './stage.ts'
import { openBrowser, phoneScreen, portalOf, type Visitors } from './visitors.ts'

// npm run pictures: the screenshots of the README, taken from the real service after a small day of work.

/** In the sources, also when this runs from dist. */
const folder = fileURLToPath(new URL('pictures/', import.meta.url)).replace('/dist/', '/')
const wide = { width: 1440, height: 900 }

const people = [
  { name: 'Ana Kovač', email: 'ana@example.test', asks: 'The export stops at order 200.' },
  {
    name: 'Νίκος Παπαδόπουλος',
    email: 'nikos@example.test',
    asks: 'Καλημέρα, το καλάθι δεν υπολογίζει τον ΦΠΑ.',
  },
  {
    name: 'مریم رضایی',
    email: 'maryam@example.test',
    asks: 'سلام، بعد از به‌روزرسانی، درگاه پرداخت پیام خطا می‌دهد.',
  },
  {
    name: 'Jürgen Weiß',
    email: 'juergen@example.test',
    asks: 'Die Rechnungen kommen seit gestern ohne Logo an.',
  },
  {
    name: 'Ольга Смирнова',
    email: 'olga@example.test',
    asks: 'Здравствуйте! Как добавить второй склад?',
  },
  { name: 'Tomaž Zupan', email: 'tomaz@example.test', asks: 'Kako dodam drugega skrbnika?' },
]

async function takePictures(): Promise<void> {
  await startTestServer()
  const stage = await setStage()
  const visitors = await openBrowser(stage.address)
  try {
    const tickets = await aDayOfWork(stage)
    await mkdir(folder, { recursive: true })
    const [busy, persian] = [tickets[0]?.id, tickets[2]?.id]
    const guide = await visitors.arrive()
    await guide.goto(await stage.loginUrl())
    const login = await guide.context().storageState()
    const portal = await portalOf(guide, 'ana@example.test')
    const desk = { storageState: login, viewport: wide, colorScheme: 'light' } as const
    const phone = { ...desk, viewport: phoneScreen, isMobile: true, hasTouch: true }
    await picture(visitors, 'list', '/desk', desk)
    await picture(visitors, 'ticket', `/desk/tickets/${busy}#newest`, desk)
    await picture(visitors, 'ticket-dark', `/desk/tickets/${busy}#newest`, { ...desk, colorScheme: 'dark' })
    await picture(visitors, 'ticket-phone', `/desk/tickets/${busy}#newest`, phone)
    await picture(visitors, 'ticket-rtl', `/desk/tickets/${persian}#newest`, desk, 'rtl')
    await picture(visitors, 'portal-phone', portal, { ...phone, colorScheme: 'dark' })
  } finally {
    await visitors.close()
    await stage.close()
    await stopTestServer()
  }
}

async function aDayOfWork(stage: Stage): Promise<SeenTicket[]> {
  const tickets: SeenTicket[] = []
  for (const [at, { name, email, asks }] of people.entries()) {
    const ticket = await stage.order(1041 + at, { name, email, phone: `+386 40 123 4${at}6` })
    await writeAsCustomer(stage, email, asks)
    tickets.push(ticket)
  }
  const [ana, , maryam, jürgen] = tickets
  const answer = (ticket: SeenTicket | undefined, channel: string, body: string) =>
    stage.api(`tickets/${ticket?.id}/replies`, {
      channel,
      body,
      idempotencyKey: `${ticket?.id}-${channel}-${body.length}`,
      agent: 'maja@example.test',
    })
  await stage.loginUrl()
  await answer(ana, 'email', 'It is the time limit of your host. I raised it; please start the export again.')
  await stage.api(`tickets/${ana?.id}/notes`, {
    body: 'Their host is on PHP 8.1 still. Ask about it the next time.',
    agent: 'maja@example.test',
  })
  await answer(ana, 'sms', 'Your export runs through now. Maja')
  await writeAsCustomer(stage, 'ana@example.test', 'It does, thank you! Now the stock column is empty.')
  await answer(maryam, 'email', 'درود، کلید درگاه تازه شد. لطفاً یک بار دیگر امتحان کنید.')
  await writeAsCustomer(stage, 'maryam@example.test', 'درست شد، خیلی ممنون. رسید را از کجا بگیرم؟')
  await answer(jürgen, 'email', 'Das Logo liegt wieder am alten Ort.')
  return tickets
}

/** By the answer form of the newest mail in the sandbox's mailbox. */
async function writeAsCustomer(stage: Stage, email: string, body: string): Promise<void> {
  let mail: string | undefined
  await eventually(async () => {
    const list = await fetch(`${stage.address}/sandbox/mail?to=${encodeURIComponent(email)}`)
    mail = /href="(\/sandbox\/mail\/[^"/?]+)"/.exec(await list.text())?.[1]
    return mail !== undefined
  })
  const answer = await fetch(`${stage.address}${mail}/reply`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: stage.address, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ body }),
  })
  if (answer.status !== 303) throw new Error(`the answer of ${email} got ${answer.status}`)
}

async function picture(
  visitors: Visitors,
  name: string,
  path: string,
  options: BrowserContextOptions,
  dir?: string,
): Promise<void> {
  const page = await visitors.arrive(options)
  await page.goto(path)
  if (dir) {
    await page.evaluate((to) => {
      document.documentElement.dir = to
    }, dir)
  }
  await page.waitForTimeout(1_500)
  await page.screenshot({ path: `${folder}${name}.png` })
  await page.context().close()
}

await takePictures()
