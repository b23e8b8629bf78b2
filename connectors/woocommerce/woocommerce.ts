import type { ShopApi, ShopKeys, ShopPort } from '../../src/ports/shop.ts'
import { authorisation } from './authorisation.ts'
import { createShopClient, type ShopCall, type ShopClientOptions } from './client.ts'
import { readCustomer } from './customers.ts'
import { readDelivery } from './delivery.ts'
import { probe, readFacts } from './facts.ts'
import { intake } from './intake.ts'
import { findKeyProblems } from './key-problems.ts'
import { listOrders } from './order-list.ts'
import { orderPage } from './order-page.ts'
import { addOrderNote, fetchOrder, listOrderNotes, writeOrderMeta } from './orders.ts'
import { withShopErrors } from './parse.ts'
import { fetchProduct, listProducts } from './products.ts'
import { addWebhook, changeWebhook, listWebhooks, removeWebhook, webhookTopics } from './webhooks.ts'

/**
 * A WooCommerce shop through the vendor's client. Over http it signs with OAuth 1, over https it sends Basic.
 * Every failure is a ShopApiError whose message says what to do and never holds a key.
 */
export function createWooCommerceShop(
  options: ShopClientOptions = {},
): ShopPort & { api: ShopApi; authorisation: NonNullable<ShopPort['authorisation']> } {
  const callShop = createShopClient(options)
  const ask = <T>(keys: ShopKeys, work: (call: ShopCall) => Promise<T>, patience = 1): Promise<T> =>
    withShopErrors(async () => await work(callShop(keys, patience)))

  return {
    intake,
    readDelivery,
    orderPage,
    authorisation,
    api: {
      webhookTopics,
      findKeyProblems,
      // The keys are not used for it, and nobody has them yet.
      // A person waits for it.
      probe: (url) => ask({ url, consumerKey: '', consumerSecret: '' }, probe, 0.5),
      readFacts: (keys) => ask(keys, (call) => readFacts(call, keys)),
      fetchOrder: (keys, orderId) => ask(keys, (call) => fetchOrder(call, orderId)),
      // A hundred orders take a small shop many seconds, and each of them may have refunds to ask for.
      listOrders: (keys, query) => ask(keys, (call) => listOrders(call, query), 3),
      listOrderNotes: (keys, orderId) => ask(keys, (call) => listOrderNotes(call, orderId)),
      addOrderNote: (keys, orderId, note) => ask(keys, (call) => addOrderNote(call, orderId, note)),
      writeOrderMeta: (keys, orderId, meta) => ask(keys, (call) => writeOrderMeta(call, orderId, meta)),
      listWebhooks: (keys) => ask(keys, listWebhooks),
      addWebhook: (keys, webhook) => ask(keys, (call) => addWebhook(call, webhook)),
      changeWebhook: (keys, id, change) => ask(keys, (call) => changeWebhook(call, id, change)),
      removeWebhook: (keys, id) => ask(keys, (call) => removeWebhook(call, id)),
      listProducts: (keys, query) => ask(keys, (call) => listProducts(call, query)),
      fetchProduct: (keys, id, creditsKey) => ask(keys, (call) => fetchProduct(call, id, creditsKey)),
      // Each account and e-mail is a question of its own, of up to three pages.
      readCustomer: (keys, customer) => ask(keys, (call) => readCustomer(call, customer), 2),
    },
  }
}
