// From the flags of `kubedrill load`, which are ab's where ab has one, to a plan; everything that cannot be is refused
// here, in a sentence.
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { isIP } from "node:net";
import { messageOf, usageError } from "../base/errors.ts";
import { addressOf } from "../load/address.ts";
import type { Arrival, LoadPlan } from "../load/engine/plan.ts";

export interface LoadFlags {
  n?: string;
  c?: string;
  t?: string;
  s: string;
  k?: true;
  H?: string[];
  m?: string;
  p?: string;
  T: string;
  rate?: string;
  poisson?: true;
  workers?: string;
  engine?: string;
  cacert?: string;
  insecure?: true;
}

/** Without -n and -t; a load is never endless. */
const defaultRequests = 1000;
const defaultOpenSeconds = 10;
const longestSeconds = 600;
const defaultConnections = 10;
const openConnections = 1000;

/** @param lookup false: names mean something only where the load will come from, and are looked up there */
export async function loadPlanOf(target: string, flags: LoadFlags, lookup = true): Promise<LoadPlan> {
  const url = urlOf(target);
  const rateHz = flags.rate === undefined ? null : amount("--rate", flags.rate, "requests a second", 0, 1e6);
  if (flags.poisson === true && rateHz === null)
    throw usageError("--poisson spreads the requests of a --rate; say how many a second.");
  const seconds = flags.t === undefined ? null : amount("-t", flags.t, "seconds", 0, 86_400);
  const bounded = flags.n !== undefined || seconds !== null;
  const requests =
    flags.n === undefined
      ? bounded || rateHz !== null
        ? null
        : defaultRequests
      : whole("-n", flags.n, "requests");
  const connections =
    flags.c === undefined
      ? Math.min(rateHz === null ? defaultConnections : openConnections, requests ?? Infinity)
      : whole("-c", flags.c, "connections");
  if (requests !== null && connections > requests)
    throw usageError(
      `${String(connections)} connections are more than the ${String(requests)} requests that they would send; raise -n or lower -c.`,
    );
  const body = flags.p === undefined ? null : await contentOf("-p", flags.p);
  const ca = flags.cacert === undefined ? undefined : (await contentOf("--cacert", flags.cacert)).toString();
  const workers =
    flags.workers === undefined
      ? usualThreads({ open: rateHz !== null, keepAlive: flags.k === true })
      : whole("--workers", flags.workers, "threads");
  return {
    engine: engineOf(flags, url),
    url: url.href,
    address: lookup ? await addressOf(url.hostname) : url.hostname,
    method: methodOf(flags.m ?? (body === null ? "GET" : "POST")),
    headers: [
      ...(body === null ? [] : [["Content-Type", flags.T] as const]),
      ...(flags.H ?? []).map(headerOf),
    ],
    body,
    keepAlive: flags.k === true,
    connections,
    arrival: arrivalOf(rateHz, flags.poisson === true),
    maxRequests: requests,
    durationMs:
      1000 * (seconds ?? (rateHz === null || requests !== null ? longestSeconds : defaultOpenSeconds)),
    timeoutMs: 1000 * amount("-s", flags.s, "seconds", 0, 3600),
    tls: {
      verify: flags.insecure !== true,
      ...(ca === undefined ? {} : { ca }),
      ...serverNameOf(url),
    },
    workers,
    eachRequest: false,
  };
}

/**
 * One processor is left to whatever measures, or answers, beside the load; but for a connection for each request, where
 * the load's own processors are the limit before the target's are.
 */
function usualThreads({ open, keepAlive }: { open: boolean; keepAlive: boolean }): number {
  const processors = availableParallelism();
  return open || keepAlive ? Math.max(1, processors - 1) : processors;
}

function urlOf(target: string): URL {
  const url = URL.parse(target.includes("://") ? target : `http://${target}`);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.hostname === "")
    throw usageError(`${target} is not an http or https URL.`, {
      hint: "kubedrill load http://host:port/path",
    });
  return url;
}

function arrivalOf(rateHz: number | null, poisson: boolean): Arrival {
  if (rateHz === null) return { kind: "closed" };
  return {
    kind: poisson ? "poisson" : "constant",
    rateHz,
    spin: true,
    seed: Math.floor(Math.random() * 2 ** 31),
  };
}

function engineOf({ engine = "sockets", k, rate }: LoadFlags, url: URL): LoadPlan["engine"] {
  if (engine === "sockets") return engine;
  if (engine !== "autocannon")
    throw usageError(`--engine ${engine}: there are the engines sockets and autocannon.`);
  if (k === true && rate === undefined && url.protocol === "http:") return engine;
  throw usageError(
    "--engine autocannon drives kept connections (-k) to http URLs without --rate, and nothing else.",
  );
}

function serverNameOf(url: URL): { serverName?: string } {
  const bare = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return url.protocol === "https:" && isIP(bare) === 0 ? { serverName: bare } : {};
}

function whole(flag: string, text: string, what: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw usageError(`${flag} ${text}: the number of ${what} must be a whole number of at least 1.`);
  return value;
}

function amount(flag: string, text: string, what: string, above: number, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= above || value > most)
    throw usageError(
      `${flag} ${text}: the number of ${what} must be more than ${String(above)} and at most ${String(most)}.`,
    );
  return value;
}

function methodOf(text: string): string {
  if (!/^[A-Za-z]+$/.test(text)) throw usageError(`-m ${text}: this is not an HTTP method.`);
  return text.toUpperCase();
}

function headerOf(text: string): readonly [string, string] {
  const parts = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*([^\r\n]*)$/.exec(text);
  if (parts === null) throw usageError(`-H ${text}: a header is written as "Name: value".`);
  return [parts[1] ?? "", parts[2] ?? ""];
}

async function contentOf(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw usageError(`${flag} ${path}: the file cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
