import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../src/words/root.ts'

/** The secret with which every recorded delivery was signed. */
export const capturedSecret = 'podpora-webhook-skrivnost-2026'

export const capturesFolder = join(projectRoot, 'test/fixtures/woocommerce')

/** One delivery as a real shop sent it. `topic` is null for a ping. */
export interface Capture {
  file: string
  topic: string | null
  /** "A1 guest order created pending, 1x SUPPORT-10" */
  flow: string
  receivedAt: string
  headers: Record<string, string>
  rawBody: Buffer
  body: unknown
  /** Flows V1 to V4 come from another shop, whose ids mean other orders. */
  shop: 'main' | 'second'
}

interface CaptureFile {
  topic: string | null
  flow: string
  receivedAt: string
  headers: Record<string, string>
  rawBodyBase64: string
  body: unknown
}

/** All recorded deliveries and pings, in the order of their file numbers. */
export function loadCaptures(): Capture[] {
  return readdirSync(capturesFolder)
    .filter((file) => /^\d\d-.*\.json$/.test(file))
    .sort()
    .map((file) => {
      const read: CaptureFile = JSON.parse(readFileSync(join(capturesFolder, file), 'utf8'))
      return {
        file,
        topic: read.topic,
        flow: read.flow,
        receivedAt: read.receivedAt,
        headers: read.headers,
        rawBody: Buffer.from(read.rawBodyBase64, 'base64'),
        body: read.body,
        shop: /^V\d/.test(read.flow) ? 'second' : 'main',
      }
    })
}

/** The capture whose file starts with this number, such as 44. */
export function captureNumber(number: number, captures: Capture[] = loadCaptures()): Capture {
  const start = `${String(number).padStart(2, '0')}-`
  const found = captures.find((capture) => capture.file.startsWith(start))
  if (!found) throw new RangeError(`there is no capture ${number}`)
  return found
}

/** One REST exchange of a rest-*.json file. */
export interface RestExchange {
  request: { method: string; path: string; auth: string; body: unknown }
  status: number
  headers: Record<string, string>
  body: unknown
}

/** The exchanges of one file, such as "rest-06-errors.json". */
export function loadExchanges(file: string): RestExchange[] {
  return JSON.parse(readFileSync(join(capturesFolder, file), 'utf8'))
}

/**
 * The capture as an HTTP request: its headers and raw bytes, signed over those bytes with `secret`. A ping stays
 * unsigned. Headers of the connection (Host, Connection, Content-Length) are left to whoever sends it.
 */
export function signedDelivery(
  capture: Capture,
  secret: string = capturedSecret,
): { headers: Record<string, string>; body: Buffer } {
  const headers = Object.fromEntries(
    Object.entries(capture.headers).filter(
      ([name]) => !/^(host|connection|content-length|accept-encoding|x-wc-webhook-signature)$/i.test(name),
    ),
  )
  if (capture.topic !== null) {
    headers['X-WC-Webhook-Signature'] = createHmac('sha256', secret).update(capture.rawBody).digest('base64')
  }
  return { headers, body: capture.rawBody }
}
