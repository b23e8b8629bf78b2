/** What a body says: of its optional fields those that are neither absent nor null. */
export function present<Body extends object>(
  body: Body,
): { [Field in keyof Body]?: NonNullable<Body[Field]> } {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null && value !== undefined),
  ) as { [Field in keyof Body]?: NonNullable<Body[Field]> }
}
