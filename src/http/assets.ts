import type { NextFunction, Request, Response } from 'express'
import type { Assets } from '../web/assets.ts'

/** Styles, scripts and the mark. Their addresses carry a hash of the content, so a browser may keep them for good. */
export function serveAssets(assets: Assets) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const asset = req.method === 'GET' || req.method === 'HEAD' ? assets.serve(req.path) : undefined
    if (!asset) {
      next()
      return
    }
    res.set({
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      ETag: asset.etag,
    })
    if (req.fresh) res.status(304).end()
    else res.send(asset.body)
  }
}
