// Our server as `npm start` runs it, on any free port, with its memory told to the parent. Usage: node serve-ours.js [worker]
import pino from 'pino'
import { readConfig } from '../../../src/config.ts'
import { serve } from '../../../src/serve.ts'

const config = readConfig(process.env)
const log = pino({ level: config.logLevel }, pino.destination(2))
const running = await serve(config, log, { worker: process.argv[2] === 'worker' })
process.on('message', (question) => {
  if (question === 'memory') process.send?.(process.memoryUsage().rss)
})
process.once('SIGTERM', () => {
  running.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
console.log(JSON.stringify({ port: Number(new URL(running.address).port) }))
