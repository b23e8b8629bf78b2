// What stands on the orders of a shop from us: the ticket on each order that granted credits, and the balance of the account on
// those that it concerns (README.md). One piece of SQL, so that what is due and what is written cannot differ.

/**
 * Rows of `wanted (shop_id, order_id, ticket_id, balance)` for every order with credits of the accounts in `owners (shop_id,
 * customer_id)`. `balance`: units; null where the order shows none.
 */
export const wantedMeta = `
  sold as (
    select o.shop_id, o.customer_id, o.id as order_id, bool_or(g.live) as live,
      row_number() over (
        partition by o.shop_id, o.customer_id order by coalesce(o.paid_at, o.created_at) desc, o.id desc) = 1 as newest
    from owners w
    join shop_order o on o.shop_id = w.shop_id and o.customer_id = w.customer_id and o.status <> 'trash'
    join order_line l on l.shop_id = o.shop_id and l.order_id = o.id
    join credit_grant g on g.shop_id = l.shop_id and g.id = l.grant_id
    group by o.shop_id, o.id
  ), wanted as (
    select k.shop_id, k.order_id, ticket_of_order(k.shop_id, k.order_id) as ticket_id,
      case when k.live or k.newest then a.available end as balance
    from sold k join account a on a.shop_id = k.shop_id and a.customer_id = k.customer_id
  )`

/** Whether a wanted row w is other than what was written d. A ticket alone is no reason once the order shows no balance. */
export const isOutdated = `(w.balance is distinct from d.balance or (w.balance is not null and w.ticket_id is distinct from d.ticket_id))`
