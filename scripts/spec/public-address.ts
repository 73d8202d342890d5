import ipaddr from "ipaddr.js";

/**
 * Whether an address is one that a document may make us connect to: public unicast, nothing else.
 * Loopback, private, link-local (169.254.169.254 is most clouds' metadata), carrier-grade NAT (Alibaba's
 * metadata), unique-local, multicast, and the IPv6 forms that carry an IPv4 address are all outside.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  // Azure's host agent has a public-looking address that only virtual machines can reach.
  if (parsed.toString() === "168.63.129.16") return false;
  return parsed.range() === "unicast";
}

export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "loopback";
}

/** Whether a URL's host says by itself that it is this machine, so that whoever typed it meant it. */
export function namesThisMachine(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare.endsWith(".localhost") || isLoopbackAddress(bare);
}
