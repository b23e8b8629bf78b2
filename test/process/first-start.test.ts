import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { eventually } from '../browser/stage.ts'
import { startService } from '../support/service.ts'

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-first-start-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const linkIn = (said: string) => /https:\/\/desk\.example(\/start\/[\w-]{43})\n/.exec(said)?.[1]

it('a start without a shop prints a link of PUBLIC_URL that makes one; the next start prints none', async () => {
  const env = {
    ...{ DATA_DIR: dataDir, NODE_ENV: 'production', PUBLIC_URL: 'https://desk.example' },
    SECRET_KEY: randomBytes(32).toString('base64'),
  }
  const service = await startService(env)
  await eventually(async () => linkIn(service.said()) !== undefined)
  const path = linkIn(service.said()) ?? ''
  const front = await fetch(`${service.address}/`)
  expect(await front.text()).toContain('Nobody has set this desk up yet')
  const answer = await fetch(service.address + path, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      ...{ shopName: 'Lipa', url: 'https://shop.example', name: 'Maja', email: 'maja@shop.example' },
      ...{ password: 'mnogo besed ob potoku', again: 'mnogo besed ob potoku' },
    }),
  })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/desk/setup'])
  await service.stop()
  const again = await startService(env)
  await eventually(async () => again.said().includes('CreditDesk listens'))
  expect((await fetch(`${again.address}/login`)).status).toBe(200)
  await again.stop()
  expect(again.said()).not.toContain('/start/')
})
