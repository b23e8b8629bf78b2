import { z } from 'zod'

/** The channel of PostgreSQL on which all processes of a database talk about what pages should show. */
export const channel = 'desk'

/** A signal must fit into a NOTIFY, which holds 8,000 bytes; a shop with more news at once is looked at as a whole. */
export const mostTickets = 150
export const mostPlaces = 24
export const mostAgents = 150

const id = z.string().regex(/^\d+$/)

const changed = z.object({
  kind: z.literal('changed'),
  shop: id,
  /** Empty: any ticket of the shop. */
  tickets: z.array(id),
  /** Whose they are: pages of the same customer's other tickets show the same balance. */
  customers: z.array(id),
})

const place = z.object({
  shop: id,
  ticket: id,
  agent: id,
  name: z.string(),
  writing: z.boolean(),
})

/** Who is where, as one process knows it. Repeated while it lasts, so that a process that was killed takes nobody along for long. */
const here = z.object({ kind: z.literal('here'), from: z.string(), places: z.array(place) })
const gone = z.object({ kind: z.literal('gone'), from: z.string(), places: z.array(place) })
/** Something came that these agents want to be told of, in the words in which their browsers show it. */
const news = z.object({
  kind: z.literal('news'),
  shop: id,
  ticket: id,
  agents: z.array(id),
  title: z.string(),
  text: z.string(),
})

/** From a process that has just begun to listen: the others say at once what they know. */
const hello = z.object({ kind: z.literal('hello'), from: z.string() })

export const signalSchema = z.discriminatedUnion('kind', [changed, here, gone, hello, news])
export type Signal = z.infer<typeof signalSchema>
export type Changed = z.infer<typeof changed>
export type News = z.infer<typeof news>
/** An agent at a ticket. */
export type Place = z.infer<typeof place>
