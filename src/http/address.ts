import ipaddr from 'ipaddr.js';

/**
 * `never`: link-local (cloud metadata among them), multicast, unspecified, broadcast, reserved. `private`: loopback
 * and private ranges, reached only where the rule for the target allows it.
 */
export type AddressClass = 'public' | 'private' | 'never';

const PRIVATE = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
const METADATA = new Set(['100.100.100.200', '192.0.0.192', 'fd00:ec2::254']);

/** Of IPv6 only 2000::/3 is given out (RFC 4291 section 2.4); elsewhere lie `::127.0.0.1` and other ways inside. */
function isGlobal(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address instanceof ipaddr.IPv4 || address.match(ipaddr.IPv6.parse('2000::'), 3);
}

/** The class of one IP address, in any spelling; what is no address is `never`. */
export function classOfAddress(address: string): AddressClass {
  if (!ipaddr.isValid(address)) return 'never';
  const parsed = ipaddr.process(address);
  if (METADATA.has(parsed.toString())) return 'never';
  const range = parsed.range();
  if (range === 'unicast') return isGlobal(parsed) ? 'public' : 'never';
  return PRIVATE.has(range) ? 'private' : 'never';
}

/** `[::1]` as a URL spells it, without the brackets; a name stays. */
export function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

/** An address in its one spelling, of IPv4 also where IPv6 carries it; undefined for what is none. */
export function readAddress(text: string): string | undefined {
  return ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text)
    ? ipaddr.process(text).toString()
    : undefined;
}

/** Whose limits an address counts for: whoever has one of IPv6 has the 2^64 of its network (RFC 6177). */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv4 ? parsed.toString() : parsed.parts.slice(0, 4).join(':');
}

/** Whether the host of a URL is an IP literal. */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(bareHost(host));
}

/**
 * Reads the client's address. `X-Forwarded-For` counts only as far as it was written by proxies that the operator
 * named: the right-most entry that is none of them is the client.
 */
export function createAddressReader(
  trustedProxies: readonly string[],
): (peer: string, forwardedFor: string | undefined) => string {
  const ranges = trustedProxies.map(text =>
    ipaddr.parseCIDR(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`),
  );
  const isTrusted = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits));
  };
  const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
  return (peer, forwardedFor) => {
    if (ranges.length === 0 || forwardedFor === undefined || !isTrusted(plain(peer))) return plain(peer);
    const hops = forwardedFor.split(',').map(hopOf);
    const client = hops.findLast(hop => hop === undefined || !isTrusted(hop));
    return client ?? plain(peer);
  };
}

/** What a proxy wrote of one address, in its one spelling: some add the port (RFC 7239 section 6 has its forms). */
function hopOf(text: string): string | undefined {
  const hop = text.trim();
  const [, bare = hop] = /^\[(.+)\](?::\d+)?$/.exec(hop) ?? /^([\d.]+):\d+$/.exec(hop) ?? [];
  return readAddress(bare);
}
