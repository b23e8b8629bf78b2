import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import { createTwilioTexting } from '../../../connectors/twilio/twilio.ts'
import { projectRoot } from '../../../src/words/root.ts'
import { type FakeTwilio, fakeTwilioAccount, startFakeTwilio } from '../../support/fakes/twilio.ts'

const spec = JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/specs/twilio_api_v2010.json'), 'utf8'))
const messagesPath = '/paths/~12010-04-01~1Accounts~1{AccountSid}~1Messages.json'

const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: true, logger: false })
ajv.addFormat('phone-number', /^\+?[\w:+-]+$/)
ajv.addFormat('uri', (text: string) => URL.canParse(text))
ajv.addFormat('date-time-rfc-2822', /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/)
ajv.addFormat('currency', /^[A-Za-z]{3}$/)
ajv.addFormat('uri-map', true)
ajv.addSchema(spec, 'twilio')

/** Holds a value against one place of the vendor's description; the list of breaches. */
function breaches(pointer: string, value: unknown): string[] {
  const validate = ajv.compile({ $ref: `twilio#${encodeURI(pointer)}` })
  validate(value)
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

const formSchema = `${messagesPath}/post/requestBody/content/application~1x-www-form-urlencoded/schema`
const createdSchema = `${messagesPath}/post/responses/201/content/application~1json/schema`
const listSchema = `${messagesPath}/get/responses/200/content/application~1json/schema`

let twilio: FakeTwilio
beforeAll(async () => {
  twilio = await startFakeTwilio()
})
afterAll(() => twilio.close())

describe("Twilio's own description", () => {
  it('admits what the SDK sends and what the fake answers', async () => {
    const text = { shopId: 's', to: '+38640123456', body: 'Hi', messageId: 'm' }
    for (const sender of [{ from: '+38659000000' }, { messagingServiceSid: `MG${'a'.repeat(32)}` }]) {
      const texting = createTwilioTexting({
        ...fakeTwilioAccount,
        sender,
        statusCallback: () => 'https://desk.example/webhooks/twilio/s/status',
        apiBase: twilio.url,
      })
      expect((await texting.send(text)).kind).toBe('accepted')
      await texting.find(text, new Date(0))
    }
    const known = Object.keys(
      spec.paths['/2010-04-01/Accounts/{AccountSid}/Messages.json'].post.requestBody.content[
        'application/x-www-form-urlencoded'
      ].schema.properties,
    )
    const queries: string[] = spec.paths[
      '/2010-04-01/Accounts/{AccountSid}/Messages.json'
    ].get.parameters.map((parameter: { name: string }) => parameter.name)
    expect(twilio.responses).toHaveLength(4)
    for (const { request, status, body } of twilio.responses) {
      if (request.method === 'POST') {
        const form = Object.fromEntries(new URLSearchParams(request.body))
        expect(known).toEqual(expect.arrayContaining(Object.keys(form)))
        expect(breaches(formSchema, form)).toEqual([])
        expect(status).toBe(201)
        expect(breaches(createdSchema, structuredClone(body))).toEqual([])
      } else {
        const query = new URL(request.url, twilio.url).searchParams
        expect(queries).toEqual(expect.arrayContaining([...query.keys()]))
        expect(status).toBe(200)
        expect(breaches(listSchema, structuredClone(body))).toEqual([])
      }
    }
  })

  it('would notice a fake that drifts', () => {
    expect(breaches(createdSchema, { sid: 'X1' })).not.toEqual([])
    expect(breaches(createdSchema, { status: 'on its way' })).not.toEqual([])
    expect(breaches(formSchema, { Body: 'no recipient' })).not.toEqual([])
  })
})
