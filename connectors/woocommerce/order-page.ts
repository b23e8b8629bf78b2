/** Where a merchant sees the order, in shops that keep orders in tables of their own (the default since WooCommerce 8.2). */
export function orderPage(shopUrl: string, orderId: string): string {
  return `${shopUrl}/wp-admin/admin.php?page=wc-orders&action=edit&id=${encodeURIComponent(orderId)}`
}
