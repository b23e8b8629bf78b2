import { expect, test } from '@jest/globals'
import { mailOnlyTo, textsOnlyTo } from '../../../connectors/staging/only-to.ts'
import { makeWorld } from '../../support/world.ts'

test('mail and texts reach listed recipients only, and what is refused gives its charge back', async () => {
  const world = await makeWorld()
  try {
    const sent = {
      messageId: 'm1@desk.example',
      from: { name: '', address: 'help@desk.example' },
      subject: 'Hello',
      text: 'Hello',
      html: '<p>Hello</p>',
    }
    const mail = mailOnlyTo(world.deps.mail, ['ana@example.test', '@staging.example'])
    const to = (address: string) => mail.send({ ...sent, to: { name: '', address } })
    expect(await to('Ana@example.test')).toMatchObject({ kind: 'accepted' })
    expect(await to('bor@staging.example')).toMatchObject({ kind: 'accepted' })
    expect(await to('eve@example.test')).toMatchObject({ kind: 'rejected', code: 'not_allowed' })
    expect(await to('bor@not-staging.example')).toMatchObject({ kind: 'rejected' })
    const texts = textsOnlyTo(world.deps.texting, ['+38640123456'])
    const text = { shopId: '1', body: 'Hello', messageId: '1-1' }
    expect(await texts.send({ ...text, to: '+38640123456' })).toMatchObject({ kind: 'accepted' })
    expect(await texts.send({ ...text, to: '+38640123457' })).toMatchObject({ kind: 'rejected' })
  } finally {
    await world.close()
  }
})
