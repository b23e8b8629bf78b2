import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * Addresses that no shop on the internet has. A shop's URL is typed by a user, so without this a request could be sent
 * into the operator's own network (or to a cloud's metadata service) and its answer shown in an error.
 */
const privateAddresses = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv4')
  privateAddresses.addSubnet(`::ffff:${network}`, 96 + prefix, 'ipv6')
  privateAddresses.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6')
}
for (const [network, prefix] of [
  // Addresses of version 4 in the shapes that version 6 has for them.
  ['::', 96],
  ['2002::', 16],
  ['2001::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv6')
}

export const privateAddressCode = 'PRIVATE_ADDRESS'

/** True for a literal private address; a name is judged when it is looked up. `host` as URL.hostname writes it. */
export function isPrivateHost(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '')
  return isIP(address) !== 0 && isPrivate(address)
}

type LookupDone = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/**
 * dns.lookup that refuses names which lead to a private address. Checked at the moment of connecting, because a name
 * may answer with another address the second time it is asked.
 */
export function lookupPublic(hostname: string, options: LookupOptions, done: LookupDone): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const first = addresses?.[0]
    if (error) done(error, [])
    else if (!first || addresses.some((entry) => isPrivate(entry.address))) done(refused(), [])
    else if (options.all) done(null, addresses)
    else done(null, first.address, first.family)
  })
}

function refused(): NodeJS.ErrnoException {
  return Object.assign(new Error('private address'), { code: privateAddressCode })
}

function isPrivate(address: string): boolean {
  return privateAddresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
