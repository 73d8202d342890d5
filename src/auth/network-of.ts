// Where a request comes from, as coarse as one customer of a provider: an IPv4 address, or the /64 of an IPv6 one.

export function networkOf(request: Request): string {
  // Set by Cloudflare, whatever the client sent. On a laptop there is none, and all share one.
  const address = request.headers.get("cf-connecting-ip") ?? "";
  if (!address.includes(":")) return address === "" ? "local" : address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const full = [
    ...groups,
    ...Array.from({ length: Math.max(0, missing) }, () => "0"),
    ...(tail ?? "").split(":"),
  ];
  return `${full
    .slice(0, 4)
    .map((group) => Number.parseInt(group || "0", 16).toString(16))
    .join(":")}::/64`;
}
