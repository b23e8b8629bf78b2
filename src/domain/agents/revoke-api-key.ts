import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** Ends a key at once and for good; one that was revoked stays so. Refuses: not_found (api key). */
export async function revokeApiKey(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; keyId: bigint; actor: string },
): Promise<void> {
  const { shopId, keyId, actor } = input
  const at = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    const [key] = await sql.query<{ revokedAt: Date | null }>(
      'key-to-revoke',
      'select revoked_at as "revokedAt" from api_key where shop_id = $1 and id = $2 for no key update',
      [shopId, keyId],
    )
    if (!key) return refuse({ code: 'not_found', what: 'api key' })
    if (key.revokedAt) return
    await sql.query('revoke-api-key', 'update api_key set revoked_at = $3 where shop_id = $1 and id = $2', [
      shopId,
      keyId,
      at,
    ])
    await writeAudit(sql, { shopId, actor, action: 'api_key_revoke', data: { keyId: String(keyId) }, at })
  })
}
