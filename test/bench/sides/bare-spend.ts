// The least that an Express route around baseline_spend can do: no login, no validation, no grants. The function is made by baseline/spend.mjs.
import type { AddressInfo } from 'node:net'
import express from 'express'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
const app = express()
app.disable('x-powered-by')
app.post('/', express.json(), async (req, res) => {
  const { account, key, body }: { account: number; key: string; body: string } = req.body
  const { rows } = await pool.query<{ left: string }>({
    name: 'spend',
    text: 'select baseline_spend($1, $2, $3, $4) as left',
    values: [account, 100, key, body],
  })
  res.status(201).json(rows[0])
})
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(JSON.stringify({ port }))
})
process.once('SIGTERM', () => {
  server.close(() => void pool.end().then(() => process.exit(0)))
})
