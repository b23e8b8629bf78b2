import type { Sql } from '../../db/database.ts'
import type { KnownLine } from './line-plan.ts'

/** The lines of an order that carry credits, in the order in which they were granted. */
export async function loadLines(sql: Sql, order: { shopId: bigint; orderId: bigint }): Promise<KnownLine[]> {
  return await sql.query<KnownLine>(
    'load-order-lines',
    `select l.line_id as "lineId", l.name, g.id as "grantId", g.customer_id as "customerId", g.package_id as "packageId",
       g.units_each as "unitsEach", l.withheld_units as "withheldUnits", g.promised
     from order_line l
     join credit_grant g on g.shop_id = l.shop_id and g.id = l.grant_id
     where l.shop_id = $1 and l.order_id = $2 order by g.id, l.line_id`,
    [order.shopId, order.orderId],
  )
}
