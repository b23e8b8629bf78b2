import fc from 'fast-check'

/** Few of each, so that several moves meet on one account, grant or message. `nth` picks among what is there by then. */
const who = fc.constantFrom(0, 0, 0, 1, 1, 2)
const nth = fc.nat({ max: 3 })
const ticket = fc.nat({ max: 1 })

const allChannels = ['email', 'sms', 'portal', 'work', 'video'] as const

const terms = fc.record({
  channels: fc.oneof(
    { weight: 3, arbitrary: fc.constant(allChannels) },
    { weight: 2, arbitrary: fc.subarray([...allChannels], { minLength: 1 }) },
  ),
  email: fc.constantFrom(100, 100, 0, 50, 130, 700),
  sms: fc.constantFrom(100, 100, 0, 30),
  portal: fc.constantFrom(100, 100, 0),
  work: fc.constantFrom(100, 100, 0, 40),
  workStep: fc.constantFrom(300, 900),
  video: fc.constantFrom(100, 100, 0, 70),
  videoStep: fc.constantFrom(300, 60),
  videoFree: fc.constantFrom(0, 90),
  ofOrder: fc.boolean(),
  promotional: fc.boolean(),
  priority: fc.nat({ max: 2 }),
  overdraftLimit: fc.constantFrom(0, 0, 0, 150, 400),
  /** Day on which it ends, counted from the start; few, so that the later rules of the burn order decide too. */
  end: fc.constantFrom(undefined, undefined, 10, 20, 40),
})

const units = fc.oneof(fc.integer({ min: 1, max: 900 }), fc.constantFrom(500, 1000, 2000))
/** Of an act by hand; undefined: as much as there is. */
const some = fc.constantFrom(undefined, undefined, 30, 100, 250)

/** What somebody wants to do, without saying to which grant or message: that is chosen when it is played. */
const intents = {
  purchase: fc.record({ do: fc.constant('purchase' as const), who, terms, units }),
  gift: fc.record({ do: fc.constant('gift' as const), who, terms, units }),
  promise: fc.record({
    do: fc.constant('promise' as const),
    who,
    nth,
    units: fc.constantFrom(0, 0, 100, 450, 900, 2000),
  }),
  /** As promise, of a grant from which something was taken. */
  refund: fc.record({ do: fc.constant('refund' as const), who, nth, units: fc.constantFrom(0, 0, 100) }),
  reply: fc.record({
    do: fc.constant('reply' as const),
    who,
    ticket,
    channel: fc.constantFrom('email' as const, 'sms' as const, 'portal' as const),
    length: fc.integer({ min: 1, max: 400 }),
    waived: fc.constantFrom(false, false, false, true),
  }),
  work: fc.record({
    do: fc.constant('work' as const),
    who,
    ticket,
    minutes: fc.constantFrom(1, 5, 6, 15, 40),
    waived: fc.constantFrom(false, false, true),
  }),
  arrive: fc.record({ do: fc.constant('arrive' as const), nth }),
  fail: fc.record({ do: fc.constant('fail' as const), nth }),
  contest: fc.record({ do: fc.constant('contest' as const), nth }),
  open: fc.record({ do: fc.constant('open' as const), who, ticket }),
  close: fc.record({
    do: fc.constant('close' as const),
    nth: fc.nat({ max: 1 }),
    actual: fc.constantFrom(0, 1, 60, 61, 299, 300, 301, 1500),
  }),
  adjust: fc.record({
    do: fc.constant('adjust' as const),
    who,
    nth,
    units: fc.constantFrom(50, 300, -50, -300),
  }),
  settle: fc.record({ do: fc.constant('settle' as const), who, nth, other: nth, units: some }),
  forgive: fc.record({ do: fc.constant('forgive' as const), who, nth, units: some }),
  freeze: fc.record({ do: fc.constant('freeze' as const), who, nth, whole: fc.boolean() }),
  unfreeze: fc.record({ do: fc.constant('unfreeze' as const), who, nth, whole: fc.boolean() }),
  merge: fc.record({ do: fc.constant('merge' as const), who, other: who }),
  mergeWindow: fc.record({ do: fc.constant('mergeWindow' as const), minutes: fc.constantFrom(0, 60, 2880) }),
  wait: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 24, 72, 190) }),
}

type Intents = typeof intents
export type Intent = {
  [Name in keyof Intents]: Intents[Name] extends fc.Arbitrary<infer T> ? T : never
}[keyof Intents]

const weights: Record<keyof Intents, number> = {
  purchase: 6,
  gift: 2,
  promise: 4,
  refund: 4,
  reply: 12,
  work: 4,
  arrive: 3,
  fail: 3,
  contest: 3,
  open: 4,
  close: 3,
  adjust: 2,
  settle: 4,
  forgive: 3,
  freeze: 1,
  unfreeze: 2,
  merge: 2,
  mergeWindow: 1,
  wait: 3,
}

/** One of these moves, by weight. */
export function anyOf(names: readonly (keyof Intents)[]): fc.Arbitrary<Intent> {
  return fc.oneof(
    ...names.map((name) => ({ weight: weights[name], arbitrary: intents[name] as fc.Arbitrary<Intent> })),
  )
}

const all = Object.keys(intents) as (keyof Intents)[]
/** The clock and the shop's settings are nobody's move on an account, so they change while all clients rest. */
const ofTheShop: readonly (keyof Intents)[] = ['wait', 'mergeWindow']

/** Programmes of about 25 moves, one after another; something is bought first. */
export const programmes = fc
  .tuple(anyOf(['purchase']), fc.array(anyOf(all), { minLength: 20, maxLength: 30 }))
  .map(([first, rest]) => [first, ...rest])

/** Moves of several clients at once, after a change of clock or settings. */
export interface Rush {
  before: Intent
  clients: Intent[][]
}

/** A few rounds of so many clients; something is bought first. */
export const rushes = (clients: number): fc.Arbitrary<Rush[]> => {
  const moves = anyOf(all.filter((name) => !ofTheShop.includes(name)))
  const round = (before: fc.Arbitrary<Intent>) =>
    fc.record({
      before,
      clients: fc.array(fc.array(moves, { minLength: 1, maxLength: 4 }), {
        minLength: clients,
        maxLength: clients,
      }),
    })
  return fc
    .tuple(round(anyOf(['purchase'])), fc.array(round(anyOf(ofTheShop)), { minLength: 1, maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest])
}
