/** Values whose type is the plugin's or the seller's, so that it says nothing of the format. */
const anything = /meta_data\[\]\.(value|display_value)$/

interface Shape {
  /** By path, such as "line_items[].price". */
  types: Map<string, Set<string>>
  /** The keys of each object that stands at a path. */
  keys: Map<string, Set<string>[]>
}

/**
 * Where the shapes of made bodies differ from those of captured ones: a field that no capture has, a type that it never
 * has there, and a field that all captures have and a made body has not. Empty when they agree.
 */
export function findDrift(made: unknown[], captured: unknown[]): string[] {
  const [is, should] = [shapeOf(made), shapeOf(captured)]
  const drift: string[] = []
  for (const [path, types] of is.types) {
    const known = should.types.get(path)
    if (!known) drift.push(`${path} is in no capture`)
    else if (!anything.test(path)) {
      for (const type of types) if (!known.has(type)) drift.push(`${path} is never ${type}`)
    }
  }
  for (const [path, objects] of should.keys) {
    const always = [...(objects[0] ?? [])].filter((key) => objects.every((keys) => keys.has(key)))
    for (const keys of is.keys.get(path) ?? []) {
      for (const key of always) if (!keys.has(key)) drift.push(`${path}.${key} is missing`)
    }
  }
  return [...new Set(drift)]
}

function shapeOf(values: unknown[]): Shape {
  const shape: Shape = { types: new Map(), keys: new Map() }
  for (const value of values) collect(shape, '', value)
  return shape
}

function collect(shape: Shape, path: string, value: unknown): void {
  const types = shape.types.get(path) ?? new Set()
  shape.types.set(path, types.add(typeOf(value)))
  if (Array.isArray(value)) for (const item of value) collect(shape, `${path}[]`, item)
  else if (typeof value === 'object' && value !== null && !anything.test(path)) {
    shape.keys.set(path, [...(shape.keys.get(path) ?? []), new Set(Object.keys(value))])
    for (const [key, inner] of Object.entries(value)) collect(shape, `${path}.${key}`, inner)
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}
