import type { Request } from 'express'
import { HttpRefused } from '../http-refusal.ts'

/**
 * The body as it came, byte for byte: a signature covers those bytes, whatever Content-Type or Content-Encoding claim.
 * Throws HttpRefused payload_too_large above `limit` bytes, bad_request when the client went away in the middle.
 */
export function readRawBody(req: Request, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > limit) {
      reject(new HttpRefused({ code: 'payload_too_large' }))
      return
    }
    const chunks: Buffer[] = []
    let length = 0
    const stop = (error: Error) => {
      req.off('data', take).off('end', done).off('close', broken).off('error', broken)
      // Errors that follow on a broken connection have nobody left to tell.
      req.on('error', () => undefined)
      reject(error)
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) stop(new HttpRefused({ code: 'payload_too_large' }))
      else chunks.push(chunk)
    }
    const done = () => {
      req.off('close', broken)
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length))
    }
    const broken = () => stop(new HttpRefused({ code: 'bad_request' }))
    req.on('data', take).once('end', done).once('close', broken).once('error', broken)
  })
}
