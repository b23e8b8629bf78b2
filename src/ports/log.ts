/** The part of pino that the house uses. Never log secrets or message bodies. */
export interface Log {
  info(data: object, message: string): void
  warn(data: object, message: string): void
  error(data: object, message: string): void
  debug(data: object, message: string): void
}
