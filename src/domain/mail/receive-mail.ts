import { createHash } from 'node:crypto'
import type { DeliveredMail } from '../../ports/mail-door.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'

export interface ArrivedMail extends DeliveredMail {
  door: 'imap' | 'smtp' | 'sandbox'
}

/**
 * Keeps a mail as it came and queues its understanding; every door ends here. When it resolves, the mail outlives a crash and
 * the door may acknowledge it. Returns undefined when the door told of it before.
 */
export async function receiveMail(
  deps: Pick<Deps, 'db' | 'clock' | 'blobs' | 'wakeWorkers'>,
  mail: ArrivedMail,
): Promise<{ mailId: bigint } | undefined> {
  // Before the row: bytes without a row harm nobody, and a row without its bytes would be a lost mail.
  const blob = await deps.blobs.put(mail.raw)
  const received = await deps.db.transaction(async (sql) => {
    const [row] = await sql.query<{ id: bigint }>(
      'keep-mail',
      `insert into incoming_mail (door, door_key, blob, size, envelope_from, envelope_to, authentication, received_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (door, door_key) do nothing returning id`,
      [
        mail.door,
        fitKey(mail.key),
        blob,
        mail.raw.length,
        mail.envelopeFrom?.slice(0, 320) ?? null,
        mail.envelopeTo.slice(0, 100).map((address) => address.slice(0, 320).toLowerCase()),
        mail.peer ? JSON.stringify(mail.peer) : null,
        deps.clock.now(),
      ],
    )
    if (!row) return undefined
    await enqueueJob(sql, 'process_mail', { mailId: String(row.id) })
    return { mailId: row.id }
  })
  if (received) deps.wakeWorkers()
  return received
}

/** An index takes no long values. */
function fitKey(key: string): string {
  return key.length <= 200 ? key : createHash('sha256').update(key).digest('hex')
}
