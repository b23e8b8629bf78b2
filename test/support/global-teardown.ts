import { stopTestServer } from './test-server.ts'

export default async function globalTeardown(): Promise<void> {
  await stopTestServer()
}
