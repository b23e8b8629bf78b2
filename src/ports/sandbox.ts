/**
 * Where the sandbox connectors put what a customer would have received. A port, because web and worker are different
 * processes and both must see the same mailbox and phone.
 */
export interface SandboxItem {
  id: string
  kind: 'mail' | 'text'
  /** Lower-case address or E.164 number of the customer. */
  to: string
  from: string
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  at: Date
}

export interface SandboxStore {
  put(item: Omit<SandboxItem, 'id'> & { id?: string }): Promise<string>
  /** Newest first. */
  list(filter: { kind: 'mail' | 'text'; to?: string; limit: number }): Promise<SandboxItem[]>
  get(id: string): Promise<SandboxItem | undefined>
}
