import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { PrismaClient } from '../../src/generated/prisma/client.ts'

/** How one statement went through one table or index, nested ones of functions too. */
export interface Walk {
  statement: string
  /** `Seq Scan`, `Index Scan`, `Bitmap Heap Scan` ... */
  how: string
  table: string
  index?: string
  /** Rows that it looked at, those that a filter dropped too. */
  rows: number
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: PlanNode[]
}

const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
  client_min_messages: 'notice',
}

/** A database whose server tells, for each statement over either face, how it was really run (PostgreSQL's auto_explain). */
export function openWatchedDatabase(connectionString: string): { db: Database; walks(): Walk[] } {
  const url = new URL(connectionString)
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  url.searchParams.set('options', options.join(' '))
  let seen: Walk[] = []
  const listen = (client: pg.PoolClient) =>
    client.on('notice', ({ message }) => {
      const plan = /^duration: .* plan:\n(?<json>\{[\s\S]*)$/.exec(message ?? '')?.groups?.json
      if (plan === undefined) return
      const { Plan: top, 'Query Text': statement }: { Plan: PlanNode; 'Query Text': string } =
        JSON.parse(plan)
      seen.push(...walksOf(top, statement))
    })
  const opened = openDatabase({ connectionString: url.href, poolSize: 4 })
  opened.pool.on('connect', listen)
  const pool = new pg.Pool({ connectionString: url.href, max: 2 })
  pool.on('connect', listen)
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    db: {
      ...opened,
      prisma,
      async close() {
        await prisma.$disconnect()
        await pool.end()
        await opened.close()
      },
    },
    walks() {
      const told = seen
      seen = []
      return told
    },
  }
}

function walksOf(node: PlanNode, statement: string): Walk[] {
  const table = node['Relation Name']
  const per = (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)
  const rows = Math.round((per + (node['Rows Removed by Index Recheck'] ?? 0)) * (node['Actual Loops'] ?? 0))
  const index = node['Index Name']
  const own =
    table === undefined ? [] : [{ statement, how: node['Node Type'], table, rows, ...(index && { index }) }]
  return [...own, ...(node.Plans ?? []).flatMap((below) => walksOf(below, statement))]
}
