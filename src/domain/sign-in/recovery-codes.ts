import { randomBytes } from 'node:crypto'
import type { Sql } from '../../db/database.ts'
import { toBase32 } from '../secrets/base32.ts'
import { hashToken } from '../secrets/token.ts'

const count = 10
/** 80 bits: a plain hash of it is enough. */
const bytes = 10

/** Makes an agent's codes anew, "abcd-efgh-ijkl-mnop" each; those before do not work any more. Returned once, kept as hashes. */
export async function makeRecoveryCodes(
  sql: Sql,
  agent: { shopId: bigint; agentId: bigint },
): Promise<string[]> {
  const codes = Array.from({ length: count }, () => toBase32(randomBytes(bytes)))
  await dropRecoveryCodes(sql, agent)
  await sql.query(
    'make-recovery-codes',
    'insert into recovery_code (shop_id, agent_id, code_hash) select $1, $2, unnest($3::bytea[])',
    [agent.shopId, agent.agentId, codes.map(hashToken)],
  )
  return codes.map((code) => code.replace(/(.{4})(?=.)/g, '$1-'))
}

export async function dropRecoveryCodes(sql: Sql, agent: { shopId: bigint; agentId: bigint }): Promise<void> {
  await sql.query('drop-recovery-codes', 'delete from recovery_code where shop_id = $1 and agent_id = $2', [
    agent.shopId,
    agent.agentId,
  ])
}

/** As it is hashed, whatever was typed between its letters; undefined for what is no such code. */
export function readRecoveryCode(typed: string): string | undefined {
  const code = typed.toLowerCase().replace(/[\s-]/g, '')
  return /^[a-z2-7]{16}$/.test(code) ? code : undefined
}
