import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSandboxStore } from '../../../src/db/sandbox-store.ts'
import { decideHeldMail } from '../../../src/domain/agent-mail/decide-held-mail.ts'
import { endOfQuiet, notifyAgents } from '../../../src/domain/agent-mail/notify-agents.ts'
import { sendReceipt, tellAgent } from '../../../src/domain/agent-mail/tell-agent.ts'
import { changeNotifications } from '../../../src/domain/agents/notifications.ts'
import { createLiveHub, type LiveEvent, type LiveHub } from '../../../src/domain/live/hub.ts'
import { createDeskTeller } from '../../../src/domain/live/tell-desk.ts'
import { processMail } from '../../../src/domain/mail/process-mail.ts'
import { receiveMail } from '../../../src/domain/mail/receive-mail.ts'
import { agentMailToken } from '../../../src/domain/secrets/links.ts'
import type { MailProofPort } from '../../../src/ports/mail-proof.ts'
import { quietLog } from '../../support/quiet-log.ts'
import { makeMailRoom, type Written } from '../mail/mail-room.ts'

let room: Awaited<ReturnType<typeof makeMailRoom>>
let maja: bigint
let luka: bigint

beforeAll(async () => {
  room = await makeMailRoom()
  maja = await agent('maja@shop.example', 'Maja Kos', 'supervisor')
  luka = await agent('luka@shop.example', 'Luka Zorn', 'agent')
})
afterAll(() => room.close())

async function agent(email: string, name: string, role: string, shopId = room.shopId): Promise<bigint> {
  const { id } = await room.db.prisma.agent.create({
    data: { shopId, email, name, role, createdAt: room.clock.at },
  })
  return id
}

const addressOf = (ticketId: bigint, agentId: bigint, shopId = room.shopId) =>
  `agent+${agentMailToken(room.deps.keyring, { shopId, ticketId, agentId })}@desk.example`

const believes: MailProofPort = { prove: async () => ({ result: 'pass', detail: 'dmarc=pass' }) }
const doubts: MailProofPort = { prove: async () => ({ result: 'fail', detail: 'dmarc=fail' }) }

let serial = 0

/** A mail in an agent's name through the real understanding; its sender is proven unless told otherwise. */
async function write(mail: Written, mailProof = believes) {
  serial += 1
  const raw = room.rawOf({ from: 'Maja <maja@shop.example>', messageId: `a${serial}@shop.example`, ...mail })
  const received = await receiveMail(room.deps, { door: 'smtp', key: `agent-${serial}`, raw, envelopeTo: [] })
  const mailId = received?.mailId ?? 0n
  await processMail({ ...room.deps, mailProof }, { mailId })
  return room.db.prisma.incomingMail.findUniqueOrThrow({ where: { id: mailId } })
}

const outboundOf = async (ticketId: bigint) =>
  (await room.messagesOf(ticketId)).filter(({ direction }) => direction === 'outbound')
const available = async (customerId: bigint) => (await room.account(customerId)).available

describe('an agent’s answer by mail', () => {
  it('goes to the customer, costs what the desk would show, and is acknowledged', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n], { email: 'ana@example.com' })
    const mail = await write({ to: addressOf(ticketId, maja), body: 'Clear the cache.\n\n> older' })
    expect(mail).toMatchObject({ state: 'processed', verdict: 'agent_answer', ticketId })
    const [answer] = await outboundOf(ticketId)
    expect(answer).toMatchObject({
      channel: 'email',
      body: 'Clear the cache.',
      authorName: 'Maja Kos',
      authorId: maja,
      address: 'ana@example.com',
      state: 'queued',
      units: 100n,
    })
    expect(await available(customerId)).toBe(900n)
  })

  it('is sent once, also when the mail is understood again after a crash', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const mail = await write({ to: addressOf(ticketId, maja), body: 'Once.' })
    await room.db.prisma.incomingMail.update({
      where: { id: mail.id },
      data: { state: 'pending', processedAt: null },
    })
    await processMail({ ...room.deps, mailProof: believes }, { mailId: mail.id })
    expect(await outboundOf(ticketId)).toHaveLength(1)
    expect(await available(customerId)).toBe(900n)
  })

  it('obeys the commands of its first lines', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    await write({ to: addressOf(ticketId, maja), body: '#note\nHe is angry.' })
    await write({ to: addressOf(ticketId, maja), body: '#work 40\nMoved the shop.' })
    await write({
      to: addressOf(ticketId, maja),
      body: '#free our own mistake\n#assign luka\n#close\nSorry.',
    })
    const messages = await room.messagesOf(ticketId)
    const said = messages
      .filter(({ template }) => template === null)
      .map(({ channel, body, units, waiveReason }) => ({ channel, body, units, waiveReason }))
    expect(said).toEqual([
      { channel: 'note', body: 'He is angry.', units: 0n, waiveReason: null },
      { channel: 'work', body: 'Moved the shop.', units: 800n, waiveReason: null },
      { channel: 'email', body: 'Sorry.', units: 0n, waiveReason: 'our own mistake' },
    ])
    expect(await available(customerId)).toBe(200n)
    expect(await room.ticketOf(ticketId)).toMatchObject({ status: 'closed', assigneeId: luka })
  })

  it('takes its files along', async () => {
    const { ticketId } = await room.ticketWith([1000n])
    await write({
      to: addressOf(ticketId, maja),
      headers: ['Content-Type: multipart/mixed; boundary=b'],
      body: [
        '--b',
        'Content-Type: text/plain',
        '',
        'See the file.',
        '--b',
        'Content-Type: application/pdf; name=how.pdf',
        'Content-Disposition: attachment; filename=how.pdf',
        '',
        '%PDF',
        '--b--',
      ].join('\r\n'),
    })
    const [answer] = await outboundOf(ticketId)
    const files = await room.db.prisma.attachment.findMany({ where: { messageId: answer?.id ?? 0n } })
    expect(files).toMatchObject([{ name: 'how.pdf', mediaType: 'application/pdf', position: 1 }])
  })
})

describe('a forged answer never spends', () => {
  async function expectHeld(
    why: string,
    ticketId: bigint,
    customerId: bigint,
    mail: { verdict: string | null },
  ) {
    expect(mail.verdict).toBe('agent_held')
    expect(await outboundOf(ticketId)).toEqual([])
    expect(await available(customerId)).toBe(1000n)
    const held = await room.db.prisma.heldMail.findMany({ where: { ticketId } })
    expect(held.map((one) => one.why)).toEqual([why])
    expect((await room.events(ticketId)).map(({ kind }) => kind)).toContain('mail_held')
    return held[0]?.id ?? 0n
  }

  it('with the right token and sender, but without proof of the sender', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const mail = await write({ to: addressOf(ticketId, maja), body: 'Pay me.' }, doubts)
    await expectHeld('authentication', ticketId, customerId, mail)
  })

  it('with the right token of another sender, proven as themselves', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const mail = await write({ to: addressOf(ticketId, maja), from: 'eve@evil.example', body: 'Pay me.' })
    await expectHeld('sender', ticketId, customerId, mail)
  })

  it('with the token of another agent', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const mail = await write({ to: addressOf(ticketId, luka), body: 'Mine.' })
    await expectHeld('sender', ticketId, customerId, mail)
  })

  it('with a token of another ticket it is about that ticket, and this one stays untouched', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const other = await room.ticketWith([1000n])
    await write({ to: addressOf(other.ticketId, maja), body: 'Elsewhere.' })
    expect(await outboundOf(ticketId)).toEqual([])
    expect(await available(customerId)).toBe(1000n)
  })

  it('with ids of two shops, a changed letter, or another purpose', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const elsewhere = await room.addShop()
    const spy = await agent('maja@shop.example', 'Maja Kos', 'owner', elsewhere)
    const right = addressOf(ticketId, maja)
    const forged = [
      addressOf(ticketId, spy, elsewhere),
      addressOf(ticketId, spy),
      right.replace('@', 'a@'),
      right.replace('agent+', 'reply+'),
      room.replyAddress(ticketId).replace('reply+', 'agent+'),
    ]
    for (const to of forged) await write({ to, body: 'Pay me.' })
    expect(await outboundOf(ticketId)).toEqual([])
    expect(await available(customerId)).toBe(1000n)
  })

  it('without a token, from the agent’s own proven mailbox', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const headers = [`In-Reply-To: <agent-ticket-${room.shopId}-${ticketId}@desk.example>`]
    const stray = await write({ to: 'support@desk.example', headers, body: 'Answer this.' })
    expect(stray).toMatchObject({ state: 'held', verdict: 'agent_stray' })
    await write({ to: room.replyAddress(ticketId), body: 'Answer that.' })
    expect(await outboundOf(ticketId)).toEqual([])
    expect(await available(customerId)).toBe(1000n)
  })

  it('and what waits is sent by a click, once, in the name of who clicks', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const mail = await write({ to: addressOf(ticketId, maja), body: 'It was really me.' }, doubts)
    const heldId = await expectHeld('authentication', ticketId, customerId, mail)
    const decide = () =>
      decideHeldMail(room.deps, { shopId: room.shopId, ticketId, heldId, by: luka, decision: 'sent' })
    await decide()
    await expect(decide()).rejects.toMatchObject({ refusal: { code: 'not_found' } })
    expect(await outboundOf(ticketId)).toMatchObject([{ body: 'It was really me.', authorName: 'Luka Zorn' }])
    expect(await available(customerId)).toBe(900n)
  })
})

describe('an answer that cannot be sent as it is', () => {
  it('waits when the credits do not suffice, and goes out once they do', async () => {
    const { ticketId, customerId } = await room.ticketWith([50n])
    const mail = await write({ to: addressOf(ticketId, maja), body: 'It costs one.' })
    expect(mail.verdict).toBe('agent_held')
    const [held] = await room.db.prisma.heldMail.findMany({ where: { ticketId } })
    expect(held).toMatchObject({
      why: 'refused',
      wanted: { detail: 'The credits do not suffice: it costs 1, and 0.5 can be spent.' },
    })
    const decide = () =>
      decideHeldMail(room.deps, {
        shopId: room.shopId,
        ticketId,
        heldId: held?.id ?? 0n,
        by: maja,
        decision: 'sent',
      })
    await expect(decide()).rejects.toMatchObject({ refusal: { code: 'insufficient_credits' } })
    await room.grant(customerId, { units: 100n })
    await decide()
    expect(await outboundOf(ticketId)).toHaveLength(1)
  })

  it('waits when the command is mistyped, so that a note is not sent to the customer', async () => {
    const { ticketId } = await room.ticketWith([1000n])
    expect((await write({ to: addressOf(ticketId, maja), body: '#nota\nHe is rude.' })).verdict).toBe(
      'agent_held',
    )
    expect((await write({ to: addressOf(ticketId, maja), body: '#assign Zorro\nYours.' })).verdict).toBe(
      'agent_held',
    )
    expect(await outboundOf(ticketId)).toEqual([])
    const held = await room.db.prisma.heldMail.findMany({ where: { ticketId }, orderBy: { id: 'asc' } })
    expect(held).toMatchObject([
      {
        why: 'command',
        wanted: { detail: expect.stringContaining('There is no command #nota. Known are #note') },
      },
      { why: 'command', wanted: { detail: 'There is no agent "Zorro"; use the e-mail address.' } },
    ])
  })

  it('waits when an agent sends more at no charge than the shop allows', async () => {
    const { ticketId } = await room.ticketWith([1000n])
    const mail = await write({
      from: 'luka@shop.example',
      to: addressOf(ticketId, luka),
      body: '#free I like him\nFree for you.',
    })
    expect(mail.verdict).toBe('agent_held')
    expect(await outboundOf(ticketId)).toEqual([])
  })

  it('is ignored when it is an automatic reply', async () => {
    const { ticketId, customerId } = await room.ticketWith([1000n])
    const mail = await write({
      to: addressOf(ticketId, maja),
      headers: ['Auto-Submitted: auto-replied'],
      body: 'I am away.',
    })
    expect(mail.verdict).toBe('auto_reply')
    expect(await available(customerId)).toBe(1000n)
  })
})

describe('agents are told', () => {
  const jobsOf = async (ticketId: bigint) =>
    room.db.query<{ agentId: string; runAt: Date }>(
      'tell-jobs',
      `select payload ->> 'agentId' as "agentId", j.run_at as "runAt" from graphile_worker.jobs j
       join graphile_worker._private_jobs p using (id)
       where j.task_identifier = 'tell_agent' and p.payload ->> 'ticketId' = $1 order by 1`,
      [String(ticketId)],
    )
  const notify = (ticketId: bigint) =>
    notifyAgents(room.deps, { shopId: room.shopId, ticketId, messageId: 0n })

  /** One that listens already: what happened before is what the list is for. */
  async function openHub(): Promise<LiveHub> {
    const hub = createLiveHub({ db: room.db, log: quietLog })
    const teller = createDeskTeller(room.db, quietLog)
    let hears = false
    const reader = { shopId: room.shopId, agentId: maja, agentName: 'Maja' }
    const { leave } = hub.join(reader, ({ kind }) => {
      hears ||= kind === 'changed'
    })
    while (!hears) {
      teller.tell(room.shopId)
      await sleep(20)
    }
    leave()
    return hub
  }

  it('all who watch, or whose the ticket is, each once', async () => {
    const { ticketId } = await room.ticketWith([1000n])
    await notify(ticketId)
    await notify(ticketId)
    expect((await jobsOf(ticketId)).map(({ agentId }) => agentId)).toEqual([maja, luka].map(String))
    const theirs = await room.ticketWith([1000n])
    await room.db.prisma.ticket.updateMany({ where: { id: theirs.ticketId }, data: { assigneeId: luka } })
    await notify(theirs.ticketId)
    expect((await jobsOf(theirs.ticketId)).map(({ agentId }) => agentId)).toEqual([String(luka)])
  })

  it('in their browsers alone who want no mail', async () => {
    await changeNotifications(room.deps, {
      shopId: room.shopId,
      agentId: maja,
      actor: 'cli',
      byMail: false,
    })
    const { ticketId } = await room.ticketWith([1000n])
    const hub = await openHub()
    const heard: LiveEvent[] = []
    const reader = { shopId: room.shopId, agentId: maja, agentName: 'Maja', tells: true }
    hub.join(reader, (event) => event.kind === 'news' && heard.push(event))
    await notify(ticketId)
    while (heard.length < 1) await sleep(20)
    expect((await jobsOf(ticketId)).map(({ agentId }) => agentId)).toEqual([String(luka)])
    await hub.close()
    await changeNotifications(room.deps, { shopId: room.shopId, agentId: maja, actor: 'cli', byMail: true })
  })

  it('in their browsers at once, by the same rule, but not in quiet hours', async () => {
    const hub = await openHub()
    const heard: { agent: string; event: LiveEvent }[] = []
    for (const [agent, agentId] of Object.entries({ maja, luka })) {
      const reader = { shopId: room.shopId, agentId, agentName: agent, tells: true }
      hub.join(reader, (event) => event.kind === 'news' && heard.push({ agent, event }))
    }
    hub.join({ shopId: room.shopId, agentId: maja, agentName: 'A page' }, (event) => {
      if (event.kind === 'news') throw new Error('told to a page that does not tell')
    })
    const { ticketId } = await room.ticketWith([1000n], { email: 'ana6@example.com', name: 'Ana Novak' })
    await notify(ticketId)
    while (heard.length < 2) await sleep(20)
    const [first] = heard
    expect(first?.event).toMatchObject({ ticket: String(ticketId), title: 'New paid ticket: Ana Novak' })
    heard.length = 0
    const mail = await room.arrive({
      from: 'ana6@example.com',
      to: room.replyAddress(ticketId),
      body: 'Help,\n\nit burns!',
    })
    await room.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { assigneeId: luka } })
    const ofMail = { shopId: room.shopId, ticketId, messageId: mail.messageId ?? 0n }
    await notifyAgents(room.deps, ofMail)
    while (heard.length < 1) await sleep(20)
    expect(heard).toMatchObject([{ agent: 'luka', event: { title: 'Ana Novak wrote' } }])
    expect(heard[0]?.event).toMatchObject({ text: expect.stringMatching(/\nHelp, it burns!$/) })
    heard.length = 0
    await room.db.prisma.agent.updateMany({ where: { id: luka }, data: { quietFrom: 0, quietUntil: 1439 } })
    await notifyAgents(room.deps, ofMail)
    await room.db.prisma.agent.updateMany({
      where: { id: luka },
      data: { quietFrom: null, quietUntil: null },
    })
    await notifyAgents(room.deps, ofMail)
    while (heard.length < 1) await sleep(20)
    await sleep(200)
    expect(heard).toHaveLength(1)
    await hub.close()
  })

  it('by a mail that says what an answer costs and can be answered', async () => {
    const { ticketId } = await room.ticketWith([1000n], { email: 'ana7@example.com', name: 'Ana Novak' })
    const mail = await room.arrive({
      from: 'ana7@example.com',
      to: room.replyAddress(ticketId),
      body: 'Help!',
    })
    await tellAgent(room.deps, {
      shopId: String(room.shopId),
      ticketId: String(ticketId),
      agentId: String(maja),
      messageId: String(mail.messageId),
      lastTry: true,
    })
    const [told] = await createSandboxStore(room.db).list({ kind: 'mail', to: 'maja@shop.example', limit: 1 })
    expect(told?.headers['Reply-To']).toBe(addressOf(ticketId, maja))
    expect(told?.headers['Auto-Submitted']).toBe('auto-generated')
    expect(told?.text).toContain('Help!')
    expect(told?.text).toContain('An answer by e-mail costs 1 credit and leaves 9 credits.')
    const answer = await write({ to: told?.headers['Reply-To'] ?? '', body: 'Here it is.' })
    expect(answer.verdict).toBe('agent_answer')
    await sendReceipt(room.deps, {
      shopId: String(room.shopId),
      ticketId: String(ticketId),
      agentId: String(maja),
      mailId: String(answer.id),
      outcome: 'done',
      lastTry: true,
    })
    const [receipt] = await createSandboxStore(room.db).list({
      kind: 'mail',
      to: 'maja@shop.example',
      limit: 1,
    })
    expect(receipt?.subject).toContain('Your answer was sent')
    expect(receipt?.text).toContain('9 credits left.')
  })

  it.each([
    // Ljubljana is an hour ahead of UTC in winter.
    ['10:00', 20 * 60, 7 * 60, undefined],
    ['19:30', 20 * 60, 7 * 60, '2026-03-02T06:00:00.000Z'],
    ['03:00', 20 * 60, 7 * 60, '2026-03-01T06:00:00.000Z'],
    ['06:00', 20 * 60, 7 * 60, undefined],
    ['11:15', 12 * 60, 13 * 60, '2026-03-01T12:00:00.000Z'],
  ])('at %s UTC with quiet hours from minute %s to %s', (time, quietFrom, quietUntil, end) => {
    const now = new Date(`2026-03-01T${time}:00Z`)
    const at = endOfQuiet({ quietFrom, quietUntil, timezone: 'Europe/Ljubljana' }, now)
    expect(at?.toISOString()).toBe(end)
  })
})
