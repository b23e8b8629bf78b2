/** What is known of a mail's sender beyond what the mail itself claims. */
export interface SenderProof {
  /** pass: the domain of the From header is proven (DMARC, or SPF or DKIM in line with it). */
  result: 'pass' | 'fail' | 'none'
  /** What was found out and by whom, for people. */
  detail: string
}

export interface MailProofPort {
  /**
   * Whether the domain of the From header really sent it. `peer`: who handed the mail over to us; without it only what a
   * trusted server of our own wrote into the mail counts. Never throws; what cannot be found out proves nothing.
   */
  prove(mail: {
    raw: Buffer
    /** Domain of the From header, lower case. */
    domain: string
    peer?: { ip: string; helo: string }
    envelopeFrom?: string
  }): Promise<SenderProof>
}
