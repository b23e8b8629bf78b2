import type { Sql } from '../../db/database.ts'
import { differences, findImported } from './imported.ts'
import { customerKeyOf, type KeyedRow } from './key-rows.ts'
import type { WrongRow } from './read-row.ts'
import type { RowError } from './report.ts'

export interface ImportPlan {
  /** Rows that no earlier run imported, in the order of the file. */
  fresh: KeyedRow[]
  known: number
  customers: { new: number; known: number }
  errors: RowError[]
}

/** What a run would do now. Reads only; the dry run and the import itself share it. */
export async function planImport(
  sql: Sql,
  input: {
    shopId: bigint
    rows: readonly KeyedRow[]
    /** Of these only the mistakes are named. */
    wrong: readonly WrongRow[]
    defaultLabel: string
    at: Date
  },
): Promise<ImportPlan> {
  const { shopId, rows, wrong, at } = input
  const both = [...rows, ...wrong]
  const imported = await findImported(sql, shopId, present(both.map(({ reference }) => reference)))
  const customers = await findCustomersOf(sql, shopId, present(both.map(({ person }) => person)))
  const errors: RowError[] = []
  const fresh: KeyedRow[] = []
  // Of a customer who was merged away, the account that the credits are in now: several rows may lead to one.
  const accounts = new Set<bigint>()
  const made = new Set<string>()
  let known = 0
  for (const row of rows) {
    const before = imported.get(row.reference)
    if (before) {
      if (before.contentHash.equals(row.contentHash)) known += 1
      else errors.push(...differences(row, before, input.defaultLabel))
      if (before.accountId !== null) accounts.add(before.accountId)
      continue
    }
    // Not before: a row that was imported stays known when its validity is over or its customer registers later.
    const problems = problemsOf(row, customers, at)
    if (problems.length > 0) {
      errors.push(...problems)
      continue
    }
    const placed = withOwner(row, customers)
    const accountId = accountOf(placed, customers)
    if (accountId === undefined) made.add(customerKeyOf(placed.person))
    else accounts.add(accountId)
    fresh.push(placed)
  }
  for (const row of wrong) {
    if (row.reference === undefined || !imported.has(row.reference))
      errors.push(...problemsOf(row, customers, at))
  }
  return { fresh, known, customers: { new: made.size, known: accounts.size }, errors }
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined)
}

interface KnownCustomers {
  /** By the shop's id: the account, also of a customer who was merged into another. */
  registered: Map<string, bigint>
  /** By e-mail; whether a registered id may join that guest. */
  guests: Map<string, { accountId: bigint; joinable: boolean }>
  /** By e-mail: one id for each account with such an id that uses it, of the shop or of the file. */
  users: Map<string, User[]>
}

type Person = KeyedRow['person']

interface User {
  id: string
  verified: boolean
}

async function findCustomersOf(sql: Sql, shopId: bigint, people: readonly Person[]): Promise<KnownCustomers> {
  const ids = [...new Set(present(people.map(({ shopCustomerId }) => shopCustomerId)))]
  const emails = [...new Set(present(people.map(({ email }) => email)))]
  const customers = await sql.query<{
    accountId: bigint
    id: string | null
    guestEmail: string | null
    verified: boolean
  }>(
    'customers-of-import',
    `with named as (
       select c.* from unnest($2::text[]) as given(id) join customer c on c.shop_id = $1 and c.shop_customer_id = given.id
       union
       select c.* from unnest($3::text[]) as given(email) join customer c on c.shop_id = $1 and c.guest_email = given.email)
     select coalesce(n.merged_into, n.id) as "accountId", n.shop_customer_id as id, n.guest_email as "guestEmail",
       n.merged_into is null and exists (
         select from contact k where k.shop_id = $1 and k.customer_id = n.id and k.kind = 'email' and k.value = n.guest_email
           and k.verified_at is not null) as verified
     from named n`,
    [shopId, ids, emails],
  )
  // A merge takes the contacts along and leaves the shop's id behind.
  const users = await sql.query<{ accountId: bigint; email: string; id: string; verified: boolean }>(
    'registered-users-of-emails',
    `with used as (
       select k.customer_id, k.value as email, k.verified_at is not null as verified, coalesce(c.shop_customer_id, (
         select min(m.shop_customer_id) from customer m where m.shop_id = $1 and m.merged_into = c.id)) as id
       from unnest($2::text[]) as given(email)
       join contact k on k.shop_id = $1 and k.kind = 'email' and k.value = given.email
       join customer c on c.shop_id = $1 and c.id = k.customer_id)
     select customer_id as "accountId", email, verified, id from used where id is not null`,
    [shopId, emails],
  )
  const known: KnownCustomers = { registered: new Map(), guests: new Map(), users: new Map() }
  for (const { accountId, id, guestEmail, verified } of customers) {
    if (id !== null) known.registered.set(id, accountId)
    if (guestEmail !== null) known.guests.set(guestEmail, { accountId, joinable: id === null && verified })
  }
  for (const { accountId, email, id, verified } of users) {
    known.registered.set(id, accountId)
    addUser(known, email, id, verified)
  }
  for (const { shopCustomerId, email } of people) {
    if (shopCustomerId !== undefined && email !== undefined) addUser(known, email, shopCustomerId, false)
  }
  return known
}

function addUser(customers: KnownCustomers, email: string, id: string, verified: boolean): void {
  const users = customers.users.get(email) ?? []
  const accountId = customers.registered.get(id)
  const isSame = (user: User) =>
    user.id === id || (accountId !== undefined && customers.registered.get(user.id) === accountId)
  if (!users.some(isSame)) users.push({ id, verified })
  customers.users.set(email, users)
}

/** Registered customers who use the e-mail of a row that names no id and no guest. */
function usersOf(person: Person | undefined, customers: KnownCustomers): User[] {
  if (!person || person.shopCustomerId !== undefined || person.email === undefined) return []
  return customers.guests.has(person.email) ? [] : (customers.users.get(person.email) ?? [])
}

/** What is wrong with a row that no earlier run imported, beside its cells. */
function problemsOf(row: KeyedRow | WrongRow, customers: KnownCustomers, at: Date): RowError[] {
  return present([problemOfDay(row, at), problemOfEmail(row, customers)])
}

function problemOfDay({ line, expires }: KeyedRow | WrongRow, at: Date): RowError | undefined {
  if (!expires || expires.at > at) return undefined
  return { line, column: 'expires', message: `${expires.day} is over; give a later day, or take the row out` }
}

/**
 * Whoever registers may type any e-mail, so an unproved one is no reason to give that customer the credits; and a guest
 * beside the registered customer would leave them where nobody looks.
 */
function problemOfEmail(row: KeyedRow | WrongRow, customers: KnownCustomers): RowError | undefined {
  const users = usersOf(row.person, customers)
  const [only] = users
  if (!only || (users.length === 1 && only.verified)) return undefined
  const ids = users.map((user) => user.id).join(' or ')
  const message = `this e-mail belongs to a customer with an account in the shop; give shop_customer_id ${ids} too`
  return { line: row.line, column: 'shop_customer_id', message }
}

/** The row with the id of the one registered customer who proved the e-mail. */
function withOwner(row: KeyedRow, customers: KnownCustomers): KeyedRow {
  const [owner] = usersOf(row.person, customers)
  return owner ? { ...row, person: { ...row.person, shopCustomerId: owner.id } } : row
}

/** As `resolveCustomer` will find it; undefined for a customer whom it will make. */
function accountOf({ person }: KeyedRow, customers: KnownCustomers): bigint | undefined {
  const { shopCustomerId, email } = person
  const guest = email === undefined ? undefined : customers.guests.get(email)
  if (shopCustomerId === undefined) return guest?.accountId
  return customers.registered.get(shopCustomerId) ?? (guest?.joinable ? guest.accountId : undefined)
}
