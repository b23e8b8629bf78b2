import { startTestServer } from './test-server.ts'

export default async function globalSetup(): Promise<void> {
  await startTestServer()
}
