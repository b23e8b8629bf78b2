import type { Clock } from '../../src/ports/clock.ts'
import type { SandboxStore } from '../../src/ports/sandbox.ts'
import type { TextingPort } from '../../src/ports/texting.ts'

/**
 * Puts texts on the phone page. A number that ends in 0000 is refused as Twilio refuses a number that cannot receive.
 * `from` is the number that the phone shows, in E.164.
 */
export function createSandboxTexting(store: SandboxStore, clock: Clock, from: string): TextingPort {
  return {
    configured: true,
    sandbox: true,

    async send(text) {
      if (text.to.endsWith('0000')) {
        return {
          kind: 'rejected',
          reason: 'Sandbox: numbers that end in 0000 receive no texts.',
          code: '21614',
        }
      }
      const id = sandboxTextId(text.messageId)
      try {
        await store.put({
          id,
          kind: 'text',
          to: text.to,
          from,
          subject: '',
          text: text.body,
          html: '',
          headers: {},
          at: clock.now(),
        })
        return { kind: 'accepted', providerId: id }
      } catch {
        return { kind: 'temporary', reason: 'Sandbox: the phone could not be written.' }
      }
    },

    async find(text) {
      const id = sandboxTextId(text.messageId)
      const found = await store.get(id).catch(() => undefined)
      return found && { providerId: id, state: 'delivered' }
    },

    // Nobody calls back from a sandbox: the phone page answers through the desk's own form.
    readStatus: () => undefined,
    readIncoming: () => undefined,
  }
}

/** The same for each attempt of one text, so that a repeat does not show twice. */
export function sandboxTextId(messageId: string): string {
  return `text_${messageId}`
}
