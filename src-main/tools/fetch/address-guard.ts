import ipaddr from 'ipaddr.js';

/**
 * Why an address must not be reached from a tool, or undefined when it is a public unicast one. Everything special is refused, also what
 * only wraps another address (IPv4-mapped, NAT64, 6to4, Teredo): where it leads is decided by the network, not by us.
 */
export function findPrivateAddress(address: string): string | undefined {
  if (!ipaddr.isValid(address) || address.includes('%')) return 'not an address';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range !== 'unicast') return rangeWords[range] ?? `special (${range})`;
  // Global unicast is 2000::/3 (RFC 4291); the rest is unassigned or, like ::a.b.c.d, a wrapped IPv4 address.
  if (parsed instanceof ipaddr.IPv6 && ((parsed.parts[0] ?? 0) & 0xe000) !== 0x2000) return 'outside the global addresses';
  return undefined;
}

const rangeWords: Readonly<Record<string, string>> = {
  loopback: 'this machine itself (loopback)',
  private: 'a private network',
  uniqueLocal: 'a private network',
  linkLocal: 'the local link',
  carrierGradeNat: 'a shared network of the provider',
  multicast: 'a multicast group',
  broadcast: 'a broadcast',
  unspecified: 'no address at all',
  reserved: 'reserved',
};
