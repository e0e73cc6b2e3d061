// Watches a collection through everything that a drill does to the API: list, then watch; when the connection dies,
// falls silent, or the history is gone, the way that answers first (VIP, else a living API server) is taken and the
// full list compared with what was known. Says when it sees and when it does not.
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../base/errors.ts";
import type { ApiEndpoint, KubeAccess } from "./access.ts";
import { watchFreshness } from "./freshness.ts";
import { Inventory, type WatchChange } from "./inventory.ts";
import {
  AnswerError,
  briefMeta,
  kubeObject,
  listPages,
  type KubeObject,
  type Listing,
} from "./list-pages.ts";
import { LiveSession } from "./live-session.ts";

export interface WatchOptions<T> {
  access: Pick<KubeAccess, "credentials" | "endpoints">;
  /** Names of the endpoints to use, in order of preference; default: all. */
  endpoints?: readonly string[];
  /** Of the collection: "/api/v1/pods", "/apis/apps/v1/namespaces/x/deployments". */
  path: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** What to keep of each object; the rest is forgotten at once. */
  pick: (object: KubeObject) => T;
  onChange: (change: WatchChange<T>) => void;
  /** The full list was read and every difference reported: from now on changes are seen as they happen. */
  onSight: (sight: { endpoint: string; objects: number }) => void;
  /** Changes are not seen any more, since `silentMs` ago at the earliest. Called once until the next `onSight`. */
  onLost: (lost: { why: string; silentMs: number }) => void;
  signal: AbortSignal;
}

/** The next endpoint is tried beside the first when that has not answered so soon. */
const staggerMs = 200;
const firstBackoffMs = 100;
const maxBackoffMs = 1000;
/** A watch that the server ends sooner is not one that can be gone on with at once. */
const shortestWatchMs = 1000;

/** Runs until aborted; resolves then. Never throws for what the API does. */
export async function watchResource<T>(options: WatchOptions<T>): Promise<void> {
  const { signal } = options;
  const inventory = new Inventory<T>();
  let backoffMs = firstBackoffMs;
  let silentSince = performance.now();
  let told = false;
  const over = () => signal.aborted;
  while (!over()) {
    let session: LiveSession | undefined;
    try {
      const start = await firstToList(options);
      session = start.session;
      for (const change of inventory.replace(start.listing)) options.onChange(change);
      options.onSight({ endpoint: session.endpoint.name, objects: inventory.size });
      told = false;
      backoffMs = firstBackoffMs;
      const freshness = watchFreshness(session, options.path, selectors(options));
      try {
        await follow(options, session, inventory, start.listing.resourceVersion, freshness.signal);
      } finally {
        silentSince = freshness.provenAt();
        freshness.stop();
      }
    } catch (error) {
      if (over()) break;
      if (!told) options.onLost({ why: messageOf(error), silentMs: performance.now() - silentSince });
      told = true;
      await pause(backoffMs, undefined, { signal }).catch(() => undefined);
      backoffMs = Math.min(backoffMs * 2, maxBackoffMs);
    } finally {
      session?.destroy();
    }
  }
}

interface Start<T> {
  session: LiveSession;
  listing: Listing<T>;
}

/** The endpoints race, each with a head start on the next; the first whole list wins. */
async function firstToList<T>(options: WatchOptions<T>): Promise<Start<T>> {
  const { endpoints, credentials } = options.access;
  const chosen =
    options.endpoints?.flatMap((name) => endpoints.filter((each) => each.name === name)) ?? endpoints;
  const race = new AbortController();
  const signal = AbortSignal.any([race.signal, options.signal]);
  const attempt = async (endpoint: ApiEndpoint, index: number): Promise<Start<T>> => {
    if (index > 0) await pause(index * staggerMs, undefined, { signal });
    const session = await LiveSession.open(endpoint, credentials, signal);
    try {
      const listing = await listPages(session, options.path, selectors(options), options.pick, signal);
      signal.throwIfAborted();
      race.abort();
      return { session, listing };
    } catch (error) {
      session.destroy();
      throw error;
    }
  };
  try {
    return await Promise.any(chosen.map(attempt));
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    const reasons = new Set(error.errors.map((each) => messageOf(each)));
    throw new Error([...reasons].join(", "), { cause: error });
  }
}

/** Watches on one connection for as long as that goes. Always ends by throwing why it does not go on. */
async function follow<T>(
  options: WatchOptions<T>,
  session: LiveSession,
  inventory: Inventory<T>,
  from: string,
  stale: AbortSignal,
): Promise<never> {
  let version = from;
  for (;;) {
    const startedAt = performance.now();
    const parameters = selectors(options);
    parameters.set("watch", "1");
    parameters.set("allowWatchBookmarks", "true");
    parameters.set("resourceVersion", version);
    const signal = AbortSignal.any([options.signal, stale]);
    const status = await session.lines(`${options.path}?${parameters.toString()}`, signal, (line) => {
      version = take(JSON.parse(line) as WatchLine, options, inventory);
    });
    if (status !== 200) throw new AnswerError(status, undefined);
    // The server ends every watch after a while; the next one goes on exactly where this one ended.
    if (performance.now() - startedAt < shortestWatchMs)
      throw new Error("the server ended the watch at once");
  }
}

interface WatchLine {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: unknown;
}

/** Applies one event and returns the version up to which everything is known now. */
function take<T>(event: WatchLine, options: WatchOptions<T>, inventory: Inventory<T>): string {
  if (event.type === "ERROR") throw new AnswerError(codeOf(event.object), event.object);
  if (event.type === "BOOKMARK") return (event.object as KubeObject).metadata.resourceVersion;
  const object = kubeObject(event.object);
  const meta = briefMeta(object.metadata);
  const change =
    event.type === "DELETED"
      ? inventory.drop(meta, options.pick(object))
      : inventory.put(meta, options.pick(object), "live");
  if (change !== null) options.onChange(change);
  return meta.resourceVersion;
}

function selectors(options: { labelSelector?: string; fieldSelector?: string }): URLSearchParams {
  const parameters = new URLSearchParams();
  if (options.labelSelector !== undefined) parameters.set("labelSelector", options.labelSelector);
  if (options.fieldSelector !== undefined) parameters.set("fieldSelector", options.fieldSelector);
  return parameters;
}

function codeOf(status: unknown): number {
  const code = (status as { code?: unknown } | null)?.code;
  return typeof code === "number" ? code : 500;
}
