import type { Express, Router } from 'express'

/** One route of the app, as Express has it. */
export interface Route {
  /** Lower case; "_all" answers every method that the path has no route of its own for. */
  method: string
  /** With the names of its parameters: "/desk/tickets/:id". */
  path: string
}

interface Layer {
  rawPath: unknown
  handle: Partial<Router>
  route?: { path: string | string[]; methods: Record<string, boolean> }
}

/**
 * Every route that the app serves, read from Express' own list, so that a new one is never forgotten. A handler that was
 * mounted without a route (middleware) is not among them. Throws on a mount that is no plain path.
 */
export function listRoutes(app: Express): Route[] {
  return routesOf(app.router as unknown as { stack: Layer[] }, '')
}

function routesOf(router: { stack: Layer[] }, mount: string): Route[] {
  return router.stack.flatMap((layer) => {
    if (layer.route) {
      const { path, methods } = layer.route
      return [path]
        .flat()
        .flatMap((one) => Object.keys(methods).map((method) => ({ method, path: mount + one })))
    }
    const inner = (layer.handle as unknown as { stack?: Layer[] }).stack
    if (!inner) return []
    if (typeof layer.rawPath !== 'string') throw new Error(`a router is mounted at ${String(layer.rawPath)}`)
    return routesOf({ stack: inner }, mount + layer.rawPath.replace(/\/$/, ''))
  })
}
