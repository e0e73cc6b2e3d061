// ab's own word on the same address, where ab is installed: for people who have compared with it for years.
import { execa } from "execa";

export interface AbFigures {
  perSecond: number;
  /** ab counts whole milliseconds. */
  p50Ms: number;
  p99Ms: number;
  failed: number;
}

export interface AbRequest {
  url: string;
  hostHeader: string;
  connections: number;
  requests: number;
}

const limitMs = 60_000;

/** Null: ab is not installed, or came to no end. */
export async function askAb(ask: AbRequest, signal: AbortSignal): Promise<AbFigures | null> {
  const args = [
    ...["-q", "-k", "-r", "-s", "5"],
    ...["-n", String(ask.requests), "-c", String(ask.connections)],
    ...["-H", `Host: ${ask.hostHeader}`, ask.url],
  ];
  try {
    const { stdout } = await execa("ab", args, { timeout: limitMs, cancelSignal: signal, stdin: "ignore" });
    return abFigures(stdout);
  } catch {
    return null;
  }
}

/** Null: this is not a whole table of ab's. Pure. */
export function abFigures(table: string): AbFigures | null {
  const number = (pattern: RegExp) => {
    const found = pattern.exec(table)?.[1];
    return found === undefined ? null : Number(found);
  };
  const perSecond = number(/^Requests per second:\s+([\d.]+)/m);
  const p50Ms = number(/^\s+50%\s+(\d+)/m);
  const p99Ms = number(/^\s+99%\s+(\d+)/m);
  const failed = number(/^Failed requests:\s+(\d+)/m);
  if (perSecond === null || p50Ms === null || p99Ms === null || failed === null) return null;
  const refused = number(/^Non-2xx responses:\s+(\d+)/m) ?? 0;
  return { perSecond, p50Ms, p99Ms, failed: failed + refused };
}
