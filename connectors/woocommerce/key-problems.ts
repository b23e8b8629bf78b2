import type { KeyProblem, ShopKeys } from '../../src/ports/shop.ts'

/** "ck_" or "cs_" and forty hexadecimal digits. */
const lengthOfKey = 43

/** WooCommerce shows a key twice, once as the key and once as the secret; copying one of them wrong is the usual mistake. */
export function findKeyProblems(keys: Pick<ShopKeys, 'consumerKey' | 'consumerSecret'>): KeyProblem[] {
  const { consumerKey: key, consumerSecret: secret } = keys
  if (key.startsWith('cs_') && secret.startsWith('ck_')) {
    const message =
      'Key and secret are swapped: the consumer key begins with ck_, the consumer secret with cs_.'
    return [
      { field: 'key', message },
      { field: 'secret', message },
    ]
  }
  return [problemOf('key', key, 'ck_'), problemOf('secret', secret, 'cs_')].filter(
    (problem) => problem !== undefined,
  )
}

function problemOf(field: KeyProblem['field'], value: string, prefix: string): KeyProblem | undefined {
  const name = `The consumer ${field}`
  const wrong = (message: string): KeyProblem => ({ field, message })
  if (value === '') return wrong(`${name} is missing. It begins with ${prefix}.`)
  if (!value.startsWith(prefix)) {
    return wrong(
      `${name} begins with ${prefix}; this is something else. Copy it from WooCommerce > Settings > Advanced > REST API.`,
    )
  }
  if (value.length !== lengthOfKey || !/^\w+$/.test(value)) {
    return wrong(
      `${name} has ${lengthOfKey} letters and digits; this has ${value.length} characters. Copy it once more, all of it.`,
    )
  }
  return undefined
}
