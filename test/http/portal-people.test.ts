import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { loadPeople } from '../../src/domain/customers/people.ts'
import { personUrl } from '../../src/domain/customers/person-url.ts'
import { askForWork } from '../../src/domain/tickets/ask-for-work.ts'
import { getTicket } from '../../src/domain/tickets/get-ticket.ts'
import { portalUrl } from '../../src/domain/tickets/render-outgoing.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let browser: Visitor
let maja: Visitor
let ticketId: string
let customerId: string
/** The buyer's link of the ticket. */
let owner: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  browser = visitor(test.app)
  maja = await signInAs(test.app, test.deps, shop.shopId, 'agent')
})
afterAll(() => test.close())
beforeEach(async () => {
  const made = await seedTicket(test.app, test.deps, shop, { credits: 10 })
  ticketId = made.ticketId
  customerId = made.customerId
  const view = await read()
  owner = pathOf(
    portalUrl(test.deps, {
      shopId: shop.shopId,
      ticketId: view.id,
      customerId: view.customer.id,
      linkVersion: view.linkVersion,
    }),
  )
})

const pathOf = (url: string) => new URL(url).pathname
const read = () => getTicket(test.deps, { shopId: shop.shopId, ticketId: BigInt(ticketId) })
const people = () => loadPeople(test.deps.db, { shopId: shop.shopId, customerId: BigInt(customerId) })

async function linkOf(name: string): Promise<string> {
  const person = (await people()).find((one) => one.name === name)
  if (!person) throw new Error(`nobody is called ${name}`)
  const { id: contactId, linkVersion } = person
  return pathOf(personUrl(test.deps, { shopId: shop.shopId, contactId, linkVersion }))
}

async function idOf(name: string): Promise<string> {
  return String((await people()).find((one) => one.name === name)?.id)
}

/** Sends one of the page's forms; the page must have it. */
async function act(link: string, query: string, fields: Record<string, string>) {
  const page = await browser.get(`${link}/people${query}`).expect(200)
  const action = `${link}/people`
  const form = [...page.text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].find(
    ([html]) => html.includes('method="post"') && html.includes(`value="${fields.act}"`),
  )?.[0]
  if (!form) throw new Error(`the page has no form to ${fields.act}`)
  return browser.post(action, { ...hiddenFields(form, action), ...fields })
}

/** Adds somebody as the owner does; the link of the invitation. */
async function invite(name = 'Jan Vidmar', more: Record<string, string> = {}): Promise<string> {
  const email = `${name.split(' ')[0]?.toLowerCase()}-${customerId}@firm.example`
  await act(owner, '', { act: 'add', name, email, ...more }).then((sent) => expect(sent.status).toBe(303))
  return linkOf(name)
}

async function letIn(name?: string, more?: Record<string, string>): Promise<string> {
  const link = await invite(name, more)
  await accept(link)
  return link
}

/** Presses the button of the page that an invitation leads to first. */
async function accept(link: string): Promise<void> {
  const page = await browser.get(link).expect(200)
  await browser.submit(page, `${link}/confirm`, {}).expect(303)
}

describe('the owner', () => {
  it('finds the people on the private page and lets somebody write', async () => {
    const page = await browser.get(owner).expect(200)
    expect(page.text).toContain(`href="${owner}/people"`)
    const empty = readText(await browser.get(`${owner}/people`).expect(200))
    expect(empty).toContain('Nobody else may write on this account yet.')
    const email = `jan-${customerId}@firm.example`
    const sent = await act(owner, '', { act: 'add', name: 'Jan', email, phone: '+386 40 123 456' })
    expect([sent.status, sent.headers.location]).toEqual([303, `${owner}/people?done=added`])
    const text = readText(await browser.get(`${owner}/people?done=added`))
    expect(text).toContain('Added. The invitation is on its way.')
    expect(text).toContain('Jan invited, not confirmed yet')
    expect(text).toContain('+38640123456')
    await accept(await linkOf('Jan'))
    expect(readText(await browser.get(`${owner}/people`))).not.toContain('not confirmed yet')
  })

  it('is told beside the field what is wrong, with everything still there', async () => {
    const sent = await act(owner, '', {
      act: 'add',
      name: '<b>Jan</b>',
      email: 'nonsense',
      phone: '12',
      maySeeStatement: 'on',
    })
    expect(sent.status).toBe(422)
    expect(readText(sent)).toContain('Give an e-mail address such as')
    expect(sent.text).toContain('aria-describedby="add-email-problem"')
    expect(sent.text).toContain('id="add-phone-problem"')
    expect(sent.text).toContain('value="nonsense"')
    expect(sent.text).toMatch(/name="maySeeStatement"[^>]*checked/)
    expect(sent.text).not.toContain('<b>Jan</b>')
    expect(await people()).toHaveLength(1)
  })

  it('changes rights, and is asked before removing and handing over', async () => {
    await invite()
    const id = await idOf('Jan Vidmar')
    const changed = await act(owner, `?change=${id}`, {
      act: 'change',
      name: 'Jan V.',
      email: `jan-${customerId}@firm.example`,
      phone: '',
      maySeeStatement: 'on',
    })
    expect(changed.status).toBe(303)
    expect((await people()).find((one) => String(one.id) === id)).toMatchObject({
      name: 'Jan V.',
      maySeeStatement: true,
    })
    expect(readText(await browser.get(`${owner}/people?remove=${id}`))).toContain('Remove Jan V.?')
    expect((await people()).every((one) => one.removedAt === null)).toBe(true)
    const early = await act(owner, `?owner=${id}`, { act: 'owner' })
    expect(early.status).toBe(422)
    expect(readText(early)).toContain('who has confirmed the invitation')
    const link = await linkOf('Jan V.')
    await accept(link)
    const over = await act(owner, `?owner=${id}`, { act: 'owner' })
    expect([over.status, over.headers.location]).toEqual([303, owner])
    await browser.get(`${owner}/people`).expect(403)
    expect((await browser.get(owner).expect(200)).text).not.toContain('/people"')
    const buyer = await idOf('Mojca Novak')
    await act(link, `?remove=${buyer}`, { act: 'remove' }).then((sent) => expect(sent.status).toBe(303))
    await browser.get(owner).expect(404)
    const logged = await test.deps.db.prisma.auditLog.findMany({
      where: { shopId: shop.shopId, customerId: BigInt(customerId), action: { startsWith: 'contact_' } },
      orderBy: { id: 'asc' },
    })
    expect(logged.map((line) => line.action)).toEqual([
      'contact_add',
      'contact_change',
      'contact_owner',
      'contact_remove',
    ])
    expect(logged.at(-1)?.actor).toBe(`customer:${customerId}/contact:${id}`)
  })

  it('has forms that another site cannot send, and acts that are known', async () => {
    await browser.post(`${owner}/people`, { act: 'add', name: 'X', email: 'x@x.example' }).expect(403)
    const page = await browser.get(`${owner}/people`)
    const { csrf = '' } = hiddenFields(
      page.text.replace(/<form class="period[\s\S]*?<\/form>/, ''),
      `${owner}/people`,
    )
    await browser
      .post(`${owner}/people`, { act: 'add', name: 'X', email: 'x@x.example', csrf })
      .set({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })
      .expect(403)
    await browser.post(`${owner}/people`, { act: 'dance', csrf }).expect(422)
    await browser.post(`${owner}/people`, { act: 'remove', contactId: '99999', csrf }).expect(404)
    expect(await people()).toHaveLength(1)
  })

  it('sees what each used, and another period where it can be shown', async () => {
    const jan = await letIn()
    const page = await browser.get(jan)
    await browser.submit(page, `${jan}/replies`, { body: 'It prints nothing.' }).expect(303)
    const text = readText(await browser.get(`${owner}/people`))
    expect(text).toContain('Jan Vidmar')
    expect(text).toMatch(/Nobody in particular Written 0 Credits 0/)
    expect(text).toMatch(/Together Written 2 Credits 0/)
    const odd = readText(await browser.get(`${owner}/people?from=2026-02-31&to=x`).expect(200))
    expect(odd).toContain('That period cannot be shown')
  })
})

/** Whoever was invited, it is a quarter of an hour ago. */
const waitAWhile = () =>
  test.deps.db.query(
    'test-wait',
    `update audit_log set at = at - interval '15 minutes' where shop_id = $1 and customer_id = $2`,
    [shop.shopId, BigInt(customerId)],
  )

describe('a lost invitation', () => {
  it('is sent again by the owner after a question, and too soon it is said when', async () => {
    const jan = await invite()
    const id = await idOf('Jan Vidmar')
    const page = readText(await browser.get(`${owner}/people?invite=${id}`))
    expect(page).toContain('Send Jan Vidmar the invitation again?')
    const early = await act(owner, `?invite=${id}`, { act: 'invite', contactId: id })
    expect(early.status).toBe(422)
    expect(readText(early)).toContain('after ten minutes it can be sent again')
    await browser.get(jan).expect(200)
    await waitAWhile()
    const sent = await act(owner, `?invite=${id}`, { act: 'invite', contactId: id })
    expect([sent.status, sent.headers.location]).toEqual([303, `${owner}/people?done=invited`])
    expect(readText(await browser.get(`${owner}/people?done=invited`))).toContain('on its way again')
    await browser.get(jan).expect(404)
    await accept(await linkOf('Jan Vidmar'))
  })

  it('is sent again by an agent', async () => {
    await invite()
    const id = await idOf('Jan Vidmar')
    const path = `/desk/customers/${customerId}/people`
    await waitAWhile()
    const page = await maja.get(`${path}?invite=${id}`).expect(200)
    const sent = await maja.post(path, { ...postFields(page.text, 'invite'), contactId: id })
    expect([sent.status, sent.headers.location]).toEqual([303, `${path}?done=invited`])
    expect((await people()).find((one) => String(one.id) === id)?.linkVersion).toBe(2)
  })

  it('is offered for nobody who has no such link, nor to who reads by it', async () => {
    const jan = await letIn()
    const id = await idOf('Jan Vidmar')
    const offered = (html: string) => [...html.matchAll(/[?;]invite=(\d+)/g)].map(([, of]) => of)
    expect(offered((await browser.get(`${owner}/people`)).text)).toEqual([id])
    await act(owner, `?owner=${id}`, { act: 'owner' })
    expect(offered((await browser.get(`${jan}/people`).expect(200)).text)).toEqual([])
    expect(offered((await maja.get(`/desk/customers/${customerId}/people`)).text)).toEqual([id])
  })
})

describe('an authorised contact', () => {
  it('is asked first whether the invitation is theirs; opening the link alone, as mail scanners do, says nothing', async () => {
    const name = 'Eva Zupan'
    const email = `eva-${customerId}@firm.example`
    await act(owner, '', { act: 'add', name, email })
    const link = await linkOf(name)
    const confirmedAt = async () => (await people()).find((one) => one.name === name)?.confirmedAt
    for (let n = 0; n < 2; n++) {
      expect(readText(await browser.get(link).expect(200))).toContain(
        'Hello Eva Zupan, you were invited to write',
      )
    }
    expect(await confirmedAt()).toBeNull()
    await browser.post(`${link}/confirm`, { csrf: 'no' }).expect(403)
    expect(await confirmedAt()).toBeNull()
    await accept(link)
    expect(await confirmedAt()).not.toBeNull()
    expect((await browser.get(link).expect(200)).text).toContain(`action="${link}/replies"`)
  })

  it('writes under their own name, and reads what colleagues wrote', async () => {
    const jan = await letIn()
    const page = await browser.get(jan).expect(200)
    expect(readText(page)).toContain('Jan Vidmar · account of Mojca Novak')
    expect(readText(page)).toMatch(/Mojca Novak by e-mail .* Since this morning/)
    await browser.submit(page, `${jan}/replies`, { body: 'Me too.' }).expect(303)
    const view = await read()
    expect(view.messages.at(-1)).toMatchObject({ authorName: 'Jan Vidmar', body: 'Me too.' })
    expect(view).toMatchObject({
      replyEmail: `jan-${customerId}@firm.example`,
      requester: { name: 'Jan Vidmar' },
    })
    const mine = readText(await browser.get(jan))
    expect(mine).toMatch(/You in the portal .*Me too\./)
    expect(readText(await browser.get(owner))).toMatch(/Jan Vidmar in the portal .*Me too\./)
  })

  it('sees the balance, but the statement and the people only when allowed', async () => {
    const jan = await letIn()
    const page = await browser.get(jan).expect(200)
    expect(readText(page)).toContain('10 of 10 credits left')
    expect(readText(page)).not.toContain('Where your credits went')
    expect(page.text).not.toContain('/people"')
    await browser.get(`${jan}/statement`).expect(403)
    await browser.get(`${jan}/statement?format=csv`).expect(403)
    await browser.get(`${jan}/people`).expect(403)
    const eva = await letIn('Eva Kos', { maySeeStatement: 'on' })
    expect(readText(await browser.get(eva))).toContain('Where your credits went')
    await browser.get(`${eva}/statement`).expect(200)
    await browser.get(`${eva}/people`).expect(403)
  })

  it('is out at once when removed', async () => {
    const jan = await letIn()
    const page = await browser.get(jan).expect(200)
    await act(owner, `?remove=${await idOf('Jan Vidmar')}`, { act: 'remove' })
    await browser.get(jan).expect(404)
    await browser.get(`${jan}/statement`).expect(404)
    await browser.submit(page, `${jan}/replies`, { body: 'Still here?' }).expect(404)
    expect((await read()).messages).toHaveLength(1)
    expect(readText(await browser.get(`${owner}/people`))).toContain('Jan Vidmar removed')
  })

  it('agrees to work in their own name, on their own account only', async () => {
    const jan = await letIn()
    const { offerId: id } = await askForWork(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      minutes: 10,
      body: 'Reinstall the driver.',
      idempotencyKey: `ask-${ticketId}`,
      agent: { name: 'Maja', actor: 'agent:1' },
    })
    const page = await browser.get(jan).expect(200)
    const action = `${jan}/offers/${id}`
    expect(page.text).toContain(`action="${action}"`)
    await browser.post(action, { answer: 'agree', csrf: 'no' }).expect(403)
    await browser.submit(page, action, { answer: 'agree' }).expect(303)
    const offer = await test.deps.db.prisma.workOffer.findFirstOrThrow({ where: { id: BigInt(id) } })
    expect(offer).toMatchObject({
      state: 'agreed',
      answeredBy: `customer:${customerId}/contact:${await idOf('Jan Vidmar')}`,
    })
    const foreign = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    customerId = foreign.customerId
    const { csrf = '' } = hiddenFields(page.text, action)
    const other = await askForWork(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(foreign.ticketId),
      minutes: 10,
      body: 'Something else.',
      idempotencyKey: `ask-${foreign.ticketId}`,
      agent: { name: 'Maja', actor: 'agent:1' },
    })
    await browser.post(`${jan}/offers/${other.offerId}`, { answer: 'agree', csrf }).expect(404)
  })

  it('reads no ticket of another account, and a page of an account without tickets', async () => {
    const jan = await letIn()
    const foreign = await seedTicket(test.app, test.deps, shop)
    await browser.get(`${jan}?ticket=${foreign.ticketId}`).expect(404)
    const { id } = await test.deps.db.prisma.customer.create({
      data: { shopId: shop.shopId, name: 'Empty', createdAt: new Date() },
    })
    await test.deps.db.prisma.account.create({ data: { shopId: shop.shopId, customerId: id } })
    const page = await maja.get(`/desk/customers/${id}/people`)
    const path = `/desk/customers/${id}/people`
    await maja
      .post(path, { ...postFields(page.text, 'add'), name: 'Solo', email: `solo-${id}@x.example` })
      .expect(303)
    customerId = String(id)
    expect(readText(await browser.get(await linkOf('Solo')).expect(200))).toContain(
      'There is no conversation yet',
    )
  })
})

function postFields(html: string, actName: string): Record<string, string> {
  const form = [...html.matchAll(/<form class="person"[\s\S]*?<\/form>/g)].find(([found]) =>
    found.includes(`value="${actName}"`),
  )?.[0]
  const csrf = /name="csrf" value="([^"]+)"/.exec(form ?? '')?.[1] ?? ''
  return { act: actName, csrf }
}

describe('an agent', () => {
  it('sees who asks and what each used beside the ticket, and manages the people', async () => {
    const alone = readText(await maja.get(`/desk/tickets/${ticketId}`))
    expect(alone).not.toContain('Credits this month')
    const path = `/desk/customers/${customerId}/people`
    const page = await maja.get(`${path}?ticket=${ticketId}`).expect(200)
    const added = await maja.post(`${path}?ticket=${ticketId}`, {
      ...postFields(page.text, 'add'),
      name: 'Jan Vidmar',
      email: `jan-${customerId}@firm.example`,
    })
    expect(added.headers.location).toBe(`${path}?done=added&ticket=${ticketId}`)
    const jan = await linkOf('Jan Vidmar')
    await browser.submit(await browser.get(jan), `${jan}/replies`, { body: 'Hello' }).expect(303)
    const ticket = await maja.get(`/desk/tickets/${ticketId}`)
    expect(readText(ticket)).toContain('Credits this month')
    expect(readText(ticket)).toContain('Jan Vidmar · asks now')
    expect(ticket.text).toContain(`href="${path}?ticket=${ticketId}"`)
    const remove = await maja.get(`${path}?remove=${await idOf('Jan Vidmar')}`)
    await maja
      .post(path, { ...postFields(remove.text, 'remove'), contactId: await idOf('Jan Vidmar') })
      .expect(303)
    await browser.get(jan).expect(404)
    const owned = await maja.post(path, {
      ...postFields(page.text, 'add'),
      act: 'remove',
      contactId: await idOf('Mojca Novak'),
    })
    expect(owned.status).toBe(409)
  })

  it('finds nothing of another shop', async () => {
    const stranger = await seedShop(test.deps, 'Another')
    const theirs = await seedTicket(test.app, test.deps, stranger)
    await maja.get(`/desk/customers/${theirs.customerId}/people`).expect(404)
    const page = await maja.get(`/desk/customers/${customerId}/people`)
    await maja
      .post(`/desk/customers/${theirs.customerId}/people`, {
        ...postFields(page.text, 'add'),
        name: 'X',
        email: 'x@x.example',
      })
      .expect(404)
    await maja.get('/desk/customers/abc/people').expect(404)
  })
})
