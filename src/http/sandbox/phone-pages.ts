import { randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'
import { Refused } from '../../domain/refusal.ts'
import { findTextedShop } from '../../domain/tickets/find-texted-shop.ts'
import { receiveText } from '../../domain/tickets/receive-text.ts'
import type { SandboxItem } from '../../ports/sandbox.ts'
import { renderSandboxPhone } from '../../web/sandbox/phone.tsx'
import type { SandboxPhoneProps } from '../../web/sandbox/props.ts'
import { queryText, readForm, typedText } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import type { SandboxDeps } from './sandbox-deps.ts'

type Phone = NonNullable<SandboxPhoneProps['phone']>
type Outcome = Pick<Phone, 'answered' | 'error'>

const textsRead = 300
const previewLength = 80

/** GET /sandbox/phone?number=: the phones that received something, and one of them in hand. */
export async function showPhone(deps: SandboxDeps, req: Request, res: Response): Promise<void> {
  const answered = queryText(req, 'answered') !== undefined
  await sendPhone(deps, res, queryText(req, 'number'), answered ? { answered } : {})
}

/** POST /sandbox/phone: an SMS written as the customer. */
export async function answerText(deps: SandboxDeps, req: Request, res: Response): Promise<void> {
  const form = readForm(req)
  const number = form.number ?? ''
  const body = typedText(form, 'body')
  const error = await takeText(deps, number, body)
  if (error) return sendPhone(deps, res, number, { error }, 422)
  res.redirect(303, `/sandbox/phone?${new URLSearchParams({ number, answered: '1' })}`)
}

async function takeText(deps: SandboxDeps, number: string, body: string): Promise<Outcome['error']> {
  if (body.trim() === '') return 'empty_body'
  const text = { providerId: `sandbox:${randomUUID()}`, from: number, to: '', body }
  const shopId = await findTextedShop(deps, text)
  if (shopId === undefined) return 'unexpected'
  try {
    if (!(await receiveText(deps, { shopId, text }))) return 'unexpected'
  } catch (error) {
    if (error instanceof Refused) return 'unexpected'
    throw error
  }
  // The phone shows both sides, so what was written on it lies beside what it received, from its own number.
  await deps.sandbox.put({
    kind: 'text',
    to: number,
    from: number,
    subject: '',
    text: body,
    html: '',
    headers: {},
    at: deps.clock.now(),
  })
  return undefined
}

async function sendPhone(
  deps: SandboxDeps,
  res: Response,
  wanted: string | undefined,
  outcome: Outcome,
  status = 200,
): Promise<void> {
  const newest = await deps.sandbox.list({ kind: 'text', limit: textsRead })
  const number = wanted ?? newest[0]?.to
  const texts =
    number === undefined ? [] : await deps.sandbox.list({ kind: 'text', to: number, limit: textsRead })
  res.status(status).send(
    renderSandboxPhone({
      ...pageFrame(deps),
      numbers: phonesOf(newest),
      ...(number !== undefined &&
        texts.length > 0 && { phone: { number, texts: texts.reverse().map(toText), ...outcome } }),
    }),
  )
}

function phonesOf(newestFirst: readonly SandboxItem[]): SandboxPhoneProps['numbers'] {
  const phones = new Map<string, SandboxPhoneProps['numbers'][number]>()
  for (const { to, at, text } of newestFirst) {
    if (!phones.has(to)) phones.set(to, { number: to, at, preview: text.slice(0, previewLength) })
  }
  return [...phones.values()]
}

function toText(item: SandboxItem): Phone['texts'][number] {
  return {
    id: item.id,
    direction: item.from === item.to ? 'written' : 'received',
    body: item.text,
    at: item.at,
  }
}
