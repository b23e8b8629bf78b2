import { existsSync } from 'node:fs'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const requireAll = process.env.CREDITDESK_REQUIRE_ALL === '1'

// Dovecot separates its privileges, so only root can start it.
const dovecot = existsSync('/usr/sbin/dovecot') && process.getuid?.() === 0

function skip(what, mend) {
  if (requireAll) throw new Error(what)
  console.warn(`\n*** SKIPPED: ${what}. ${mend} to run them. ***\n`)
}
if (!chromium) {
  skip(
    'chromium is missing: the browser tests (test/browser) cannot run',
    'Install it (Debian: apt-get install chromium)',
  )
}
if (!dovecot) {
  skip(
    'dovecot is missing, or this is not root: the tests with a real mailbox (test/dovecot) cannot run',
    'Install it (Debian: apt-get install dovecot-imapd) and be root',
  )
}

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/bench/',
    ...(chromium ? [] : ['/test/browser/']),
    ...(dovecot ? [] : ['/test/dovecot/']),
  ],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
          target: 'es2022',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // How long it takes until a test that hangs is told; none is judged by its speed, and a busy machine may be ten times slower.
  testTimeout: 240_000,
  maxWorkers: 2,
  // Each test file leaves its modules behind in the worker; one that holds gigabytes spends its time collecting them.
  workerIdleMemoryLimit: '900MB',
}
