/** A mail as it came to a door. */
export interface DeliveredMail {
  /** What the door knows it by; telling of the same mail again must be harmless. */
  key: string
  raw: Buffer
  /** Envelope sender; '' for a bounce, undefined where the door does not know. */
  envelopeFrom?: string
  /** Empty where the door does not know. */
  envelopeTo: string[]
  /** Who handed it over to us. */
  peer?: { ip: string; helo: string }
}

/** How far a mailbox has been read. */
export interface MailboxPosition {
  /** Of the server's numbering; another one means that all numbers are new. */
  uidValidity: bigint
  /** Every mail up to this one is kept. */
  lastUid: bigint
}

export interface MailDoorEvents {
  /** Resolves when the mail outlives a crash; only then may the door let go of it. Throws when it could not be kept. */
  take(mail: DeliveredMail): Promise<void>
}

/** A way by which mail comes in. It works until it is stopped, and through failures of the other side. */
export interface MailDoor {
  /** Lets what is under way be kept, and takes no more. */
  stop(): Promise<void>
}
