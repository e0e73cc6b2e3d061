// Where a host name is: looked up once, before a load, so that names are not part of the measurement.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { messageOf, usageError } from "../base/errors.ts";

const lookupLimitMs = 10_000;

/** @param hostname as in a URL; IPv6 in brackets @throws KubedrillError (usage) when it does not resolve */
export async function addressOf(hostname: string): Promise<string> {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0) return bare;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error("no answer from the resolver"));
  }, lookupLimitMs);
  try {
    return (await Promise.race([lookup(bare), late.promise])).address;
  } catch (error) {
    throw usageError(`The host name ${bare} does not resolve: ${messageOf(error)}.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
