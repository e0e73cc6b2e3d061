// From a plan to what a connection needs to know of its target.
import type { Target } from "./connection.ts";
import type { LoadPlan } from "./plan.ts";
import { requestBytes } from "./request-bytes.ts";

export function targetOf(plan: LoadPlan): Target {
  const { url, address, method, keepAlive, timeoutMs, tls } = plan;
  const { protocol, port: given } = new URL(url);
  const secure = protocol === "https:";
  return {
    address,
    port: given === "" ? (secure ? 443 : 80) : Number(given),
    secure,
    tls: {
      verify: tls.verify,
      serverName: tls.serverName ?? "",
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    },
    method,
    request: requestBytes(plan),
    keepAlive,
    timeoutMs,
  };
}
