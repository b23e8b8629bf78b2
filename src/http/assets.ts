import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { NextFunction, Request, Response } from 'express'
import type { Assets, ServedAsset } from '../web/assets.ts'

type Encoding = 'br' | 'gzip'

/** Styles, scripts and the mark. Their addresses carry a hash of the content, so a browser may keep them for good. */
export function serveAssets(assets: Assets) {
  const compressed = new Map<string, Buffer>()
  // Once for each file and encoding, when it is first asked for: there are five files, and they never change.
  const compress = (asset: ServedAsset, encoding: Encoding): Buffer => {
    const key = `${encoding} ${asset.etag}`
    const known = compressed.get(key)
    if (known) return known
    const made = encoding === 'br' ? brotliCompressSync(asset.body) : gzipSync(asset.body)
    compressed.set(key, made)
    return made
  }
  return (req: Request, res: Response, next: NextFunction): void => {
    const asset = req.method === 'GET' || req.method === 'HEAD' ? assets.serve(req.path) : undefined
    if (!asset) {
      next()
      return
    }
    const encoding = encodingOf(req)
    res.set({
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      // Each encoding is another sequence of bytes, and an ETag names bytes.
      ETag: encoding ? asset.etag.replace(/"$/, `-${encoding}"`) : asset.etag,
      Vary: 'Accept-Encoding',
      ...(encoding && { 'Content-Encoding': encoding }),
    })
    if (req.fresh) res.status(304).end()
    else res.send(encoding ? compress(asset, encoding) : asset.body)
  }
}

function encodingOf(req: Request): Encoding | undefined {
  const wanted = req.acceptsEncodings('br', 'gzip', 'identity')
  return wanted === 'br' || wanted === 'gzip' ? wanted : undefined
}
