import type { Request } from 'express'
import { deviceOf, type Origin } from '../../domain/sign-in/origin.ts'

/** Where a request comes from. Behind a proxy that TRUSTED_PROXIES names, the address is the one it forwards. */
export function originOf(req: Request): Origin {
  return { device: deviceOf(req.get('user-agent') ?? ''), address: req.ip ?? '' }
}
