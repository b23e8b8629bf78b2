/** Where bytes lie that are too large for a row: raw mails and attachments. Known by their content, so equal ones lie there once. */
export interface BlobPort {
  /**
   * Keeps the bytes; when it resolves they outlive a crash, so a row may name them. Returns their name: the SHA-256 as 64
   * characters of lower-case hex.
   */
  put(bytes: Buffer): Promise<string>
  /** Undefined when they were removed. */
  get(name: string): Promise<Buffer | undefined>
  /** Removes what nothing names any more; what is gone already is no error. */
  remove(name: string): Promise<void>
}
