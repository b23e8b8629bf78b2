import { uniqueViolation } from './database.ts'

const attempts = 5
// Serialization failure (a ticket that changed its customer, a customer who was merged) and deadlock.
const passing = ['40001', '40P01']

/**
 * Runs one statement that stores its idempotency key, and again while it only lost a race: two requests with one key on
 * different accounts do not wait for each other's lock, and the loser then finds the winner's key. Several merges in a row may
 * each win, so once more is not enough.
 */
export async function askAgain<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      const code = (error as { code?: string } | undefined)?.code ?? ''
      const lost = passing.includes(code) || uniqueViolation(error) === 'operation_key_pkey'
      if (attempt === attempts || !lost) throw error
    }
  }
}
