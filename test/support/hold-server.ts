import { openEmbedded } from '../../src/db/embedded/server.ts'
import { quietLog } from './quiet-log.ts'

// A process of its own that holds the embedded server of the folder it is given until it is killed.
const { connectionString } = await openEmbedded({ dataDir: process.argv[2] ?? '', log: quietLog })
console.log(connectionString)
setInterval(() => undefined, 60_000)
