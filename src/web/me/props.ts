import type { DeskFrame } from '../desk/props.ts'
import type { SignInProblem } from '../sign-in/fields.tsx'

export interface LoginRow {
  id: string
  device: string
  address: string
  createdAt: Date
  seenAt: Date
  /** The one at hand. */
  here: boolean
}

/** /desk/me */
export interface MePageProps extends DeskFrame {
  email: string
  passwordSetAt?: Date
  hasSecondFactor: boolean
  codesLeft: number
  secondFactorRequired: boolean
  logins: LoginRow[]
  /** What was done just now. */
  done?: 'name' | 'password' | 'signed_out' | 'second_factor_off'
  problem?: SignInProblem
  /** The name as it was typed, when it was refused. */
  name?: string
}

/** /desk/me/password */
export interface OwnPasswordProps extends DeskFrame {
  email: string
  hasPassword: boolean
  problem?: SignInProblem
}

/** /desk/me/second-factor, before it is on. */
export interface EnrolProps extends DeskFrame {
  email: string
  required: boolean
  /** The secret in groups of four letters. */
  secret: string
  sealed: string
  /** The picture: its squares row by row. */
  qr: boolean[][]
  problem?: SignInProblem
}

/** /desk/me/second-factor, while it is on. */
export interface SecondFactorProps extends DeskFrame {
  email: string
  codesLeft: number
  required: boolean
  problem?: SignInProblem
}

/** The recovery codes, shown once. */
export interface CodesProps extends DeskFrame {
  codes: string[]
}
