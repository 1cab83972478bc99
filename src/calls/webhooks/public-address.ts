import { BlockList, isIP } from 'node:net';

/** IPv4 that is nobody's on the open internet (IANA special-purpose registry), and the address at which Azure serves its guests. */
const notPublicV4: [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within the global unicast 2000::/3: protocol assignments (Teredo among them), documentation, and 6to4. */
const notPublicV6: [network: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** The last 32 bits of these are an IPv4 address, reached as such through NAT64. */
const nat64 = '64:ff9b::';

const refused = new BlockList();
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
global.addSubnet(nat64, 96, 'ipv6');
for (const [network, prefix] of notPublicV6) refused.addSubnet(network, prefix, 'ipv6');
for (const [network, prefix] of notPublicV4) {
  refused.addSubnet(network, prefix, 'ipv4');
  refused.addSubnet(`${nat64}${network}`, 96 + prefix, 'ipv6');
}

/**
 * Whether an address is somebody's on the open internet: not private, loopback, link-local (where clouds serve their
 * credentials), carrier-grade NAT, multicast, reserved or for documentation; also when IPv6 wraps such an IPv4.
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !refused.check(address, 'ipv4');
  if (version !== 6) return false;
  const mapped = mappedV4(address);
  if (mapped) return !refused.check(mapped, 'ipv4');
  return global.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

/** The IPv4 address within `::ffff:0:0/96`, in whichever way it is written. */
function mappedV4(address: string): string | undefined {
  // The URL parser writes IPv6 in its shortest form, with hexadecimal digits throughout.
  const [, high, low] =
    /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(new URL(`http://[${withoutZone(address)}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

function withoutZone(address: string): string {
  return address.split('%')[0]!;
}
