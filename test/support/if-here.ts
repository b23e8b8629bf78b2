import { it } from '@jest/globals'

/**
 * `it`, or, where the machine lacks what the test needs, a test that is skipped and says so. In the full check (CREDITDESK_REQUIRE_ALL)
 * nothing may be lacking.
 */
export function itIf(has: boolean, lacking: string): typeof it | typeof it.skip {
  if (has) return it
  if (process.env.CREDITDESK_REQUIRE_ALL === '1') throw new Error(lacking)
  console.warn(`\n*** SKIPPED: ${lacking}. ***\n`)
  return it.skip
}
