import type { NextFunction, Request, Response } from 'express'

/** For pages about one person: no cache keeps them and no search engine lists them. */
export function privatePage(_req: Request, res: Response, next: NextFunction): void {
  res.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex, nofollow' })
  next()
}
