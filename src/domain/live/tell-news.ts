import type { Sql } from '../../db/database.ts'
import { channel, mostAgents, type News } from './signals.ts'

const longestTitle = 100
const longestText = 280

/**
 * Tells the browsers of these agents, whichever process serves them, in words that the browser shows as they are. Whoever has no page
 * open hears nothing; the mail is there for them. Never inside a transaction (tell-desk.ts).
 */
export async function tellNews(
  sql: Sql,
  news: { shopId: bigint; ticketId: bigint; agentIds: readonly bigint[]; title: string; text: string },
): Promise<void> {
  if (news.agentIds.length === 0) return
  const signal: News = {
    kind: 'news',
    shop: String(news.shopId),
    ticket: String(news.ticketId),
    agents: news.agentIds.slice(0, mostAgents).map(String),
    title: [...news.title].slice(0, longestTitle).join(''),
    text: [...news.text].slice(0, longestText).join(''),
  }
  await sql.query('tell-news', 'select pg_notify($1, $2)', [channel, JSON.stringify(signal)])
}
