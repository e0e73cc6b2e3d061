// Which address ranges are free. A lab takes one /16 that nothing on this host knows: no route, no engine network.
import { usageError } from "../../../harness/base/errors.ts";

/** First choice are ranges that office networks and engines seldom use; 198.18/15 is for test beds (RFC 2544). */
const candidates = [
  ...Array.from({ length: 40 }, (_, index) => `10.${String(201 + index)}.0.0/16`),
  "198.18.0.0/16",
  "198.19.0.0/16",
  ...Array.from({ length: 12 }, (_, index) => `172.${String(20 + index)}.0.0/16`),
];

/**
 * The candidates that overlap none of the used ranges, best first. The default route (0.0.0.0/0) does not count as
 * used; any other route does, also one as wide as 10.0.0.0/8.
 * @throws KubedrillError (usage) when none is left.
 */
export function freeSubnets(used: readonly string[]): string[] {
  const real = used.filter((each) => !each.endsWith("/0"));
  const free = candidates.filter((candidate) => !real.some((each) => overlaps(candidate, each)));
  if (free.length === 0)
    throw usageError(
      "No address range is free for a lab: routes or engine networks of this host cover all that kubedrill knows.",
      { hint: "ip route and docker network ls show them; remove one or take another lab down" },
    );
  return free;
}

/** Whether two ranges in CIDR notation (a bare address counts as /32) share an address. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  const width = Math.min(a.prefix, b.prefix);
  return width === 0 || a.base >>> (32 - width) === b.base >>> (32 - width);
}

/** The address x.y.third.fourth of a /16. */
export function addressIn(subnet: string, third: number, fourth: number): string {
  const [first = "", second = ""] = subnet.split(".");
  return [first, second, String(third), String(fourth)].join(".");
}

function parseCidr(text: string): { base: number; prefix: number } {
  const [address = "", prefix = "32"] = text.split("/");
  const bytes = address.split(".").map(Number);
  const base = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  // `ip route` may leave out trailing zeros ("10/8").
  return { base: base * 256 ** (4 - bytes.length), prefix: Number(prefix) };
}
