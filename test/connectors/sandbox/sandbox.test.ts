import { describe, expect, it } from '@jest/globals'
import { mailOff, textingOff } from '../../../connectors/off/off.ts'
import { createSandboxMail } from '../../../connectors/sandbox/mail.ts'
import { createSandboxTexting } from '../../../connectors/sandbox/texting.ts'
import type { OutgoingMail } from '../../../src/ports/mail.ts'
import type { SandboxItem, SandboxStore } from '../../../src/ports/sandbox.ts'

const at = new Date('2026-11-22T01:00:00Z')
const clock = { now: () => at }
const mail: OutgoingMail = {
  messageId: 'm1@desk.example',
  from: { name: 'Help', address: 'help@desk.example' },
  to: { name: 'Ana', address: 'Ana@Example.Test' },
  replyTo: 'reply+t@desk.example',
  subject: 'Hello',
  text: 'Hi',
  html: '<p>Hi</p>',
  headers: { 'Auto-Submitted': 'auto-generated' },
}
const text = { shopId: 's', to: '+38640123456', body: 'Hi', messageId: 'm1' }

function memoryStore(): SandboxStore & { items: Map<string, SandboxItem> } {
  const items = new Map<string, SandboxItem>()
  return {
    items,
    async put(item) {
      const id = item.id ?? String(items.size + 1)
      items.set(id, { ...item, id })
      return id
    },
    list: async () => [...items.values()].reverse(),
    get: async (id) => items.get(id),
  }
}

const broken: SandboxStore = {
  put: () => Promise.reject(new Error('away')),
  list: () => Promise.reject(new Error('away')),
  get: () => Promise.reject(new Error('away')),
}

describe('the sandbox mailbox', () => {
  it('shows one item for each mail, however often it is sent', async () => {
    const store = memoryStore()
    const port = createSandboxMail(store, clock)
    expect(port).toMatchObject({ configured: true, sandbox: true })
    expect(await port.send(mail)).toEqual({ kind: 'accepted', providerId: 'm1@desk.example' })
    await port.send(mail)
    expect([...store.items.values()]).toEqual([
      expect.objectContaining({
        kind: 'mail',
        to: 'ana@example.test',
        from: 'Help <help@desk.example>',
        subject: 'Hello',
        html: '<p>Hi</p>',
        at,
        headers: {
          'Message-ID': '<m1@desk.example>',
          'Reply-To': 'reply+t@desk.example',
          'Auto-Submitted': 'auto-generated',
        },
      }),
    ])
    await port.close()
  })

  it('plays a bounce, and a mailbox that is away', async () => {
    const store = memoryStore()
    const to = { name: '', address: 'Bounce.me@example.test' }
    expect(await createSandboxMail(store, clock).send({ ...mail, to })).toMatchObject({
      kind: 'rejected',
      code: '550',
    })
    expect(store.items.size).toBe(0)
    expect((await createSandboxMail(broken, clock).send(mail)).kind).toBe('temporary')
  })
})

describe('the sandbox phone', () => {
  it('shows a text and finds it again', async () => {
    const store = memoryStore()
    const port = createSandboxTexting(store, clock, '+38659000000')
    expect(await port.find(text, at)).toBeUndefined()
    expect(await port.send(text)).toEqual({ kind: 'accepted', providerId: 'text_m1' })
    expect(await port.find(text, at)).toEqual({ providerId: 'text_m1', state: 'delivered' })
    expect(store.items.get('text_m1')).toMatchObject({
      kind: 'text',
      to: text.to,
      from: '+38659000000',
      text: 'Hi',
    })
  })

  it('plays a refused number, and a phone that is away', async () => {
    const store = memoryStore()
    const port = createSandboxTexting(store, clock, '+38659000000')
    expect(await port.send({ ...text, to: '+38640120000' })).toMatchObject({ kind: 'rejected' })
    expect(store.items.size).toBe(0)
    const away = createSandboxTexting(broken, clock, '+38659000000')
    expect((await away.send(text)).kind).toBe('temporary')
    expect(await away.find(text, at)).toBeUndefined()
  })
})

describe('a channel that is off', () => {
  it('says so and rejects, so that credits come back', async () => {
    expect(mailOff.configured || textingOff.configured).toBe(false)
    expect((await mailOff.send(mail)).kind).toBe('rejected')
    expect((await textingOff.send(text)).kind).toBe('rejected')
  })
})
