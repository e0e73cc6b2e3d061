// A client that watches across a restore as controllers, kubelets and proxies do: it lists once, then goes on from the
// version that it has seen last, and asks anew only when the server says that this version is too old. On a store that
// went back it hears nothing and does not know it. Source: client-go tools/cache/reflector.go; kubernetes #107457.
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../base/until.ts";
import type { KubeAccess } from "../../kube/access.ts";
import { AnswerError, kubeObject, listPages, type KubeObject, type Listing } from "../../kube/list-pages.ts";
import { LiveSession } from "../../kube/live-session.ts";

export interface WatcherSays {
  /** How often a version that it was given was lower than one that it had seen. */
  wentBack: number;
  /** How often it was told to list anew. */
  relisted: number;
  /** Names of objects that it thinks are other than they are; null: the API could not be asked. */
  blindTo: string[] | null;
}

export interface Watcher {
  /** Gives it time to hear of everything, compares what it knows with what there is, and ends it. Never throws. */
  end(): Promise<WatcherSays>;
}

const retryMs = 500;
/** For what is under way to arrive; on a cluster that is well it takes milliseconds. */
const patienceMs = 20_000;

interface Watched {
  access: Pick<KubeAccess, "credentials" | "endpoints">;
  /** Of a collection. */
  path: string;
  labelSelector: string;
}

/** @throws KubedrillError (inconclusive) when it cannot be listed now */
export async function startWatcher(watched: Watched): Promise<Watcher> {
  const stop = new AbortController();
  const client = new Client(watched, stop.signal);
  await until(() => client.list().then(() => true), { what: `a list of ${watched.path}`, timeoutMs: 30_000 });
  const running = client.run();
  return {
    async end() {
      const blindTo = await client.differences();
      stop.abort();
      await running;
      return { wentBack: client.wentBack, relisted: client.relisted, blindTo };
    },
  };
}

class Client {
  readonly #watched: Watched;
  readonly #signal: AbortSignal;
  #known = new Map<string, string>();
  #version = 0;
  wentBack = 0;
  relisted = -1;

  constructor(watched: Watched, signal: AbortSignal) {
    this.#watched = watched;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#watch();
      } catch (error) {
        if (error instanceof AnswerError && error.status === 410) await this.list().catch(() => undefined);
      }
      await pause(retryMs, undefined, { signal: this.#signal }).catch(() => undefined);
    }
  }

  /** Replaces what it knows. @throws Error when there is no whole list */
  async list(): Promise<void> {
    const { resourceVersion, items } = await this.#listed();
    this.#known = new Map(items.map(({ meta, value }) => [meta.name, value]));
    this.relisted += 1;
    this.#seen(resourceVersion);
  }

  /** Waits until it knows everything, or will not any more. */
  async differences(): Promise<string[] | null> {
    let last: string[] | null = null;
    await until(
      async () => {
        const { items } = await this.#listed();
        const there = new Map(items.map(({ meta, value }) => [meta.name, value]));
        last = [...new Set([...there.keys(), ...this.#known.keys()])].filter(
          (name) => there.get(name) !== this.#known.get(name),
        );
        return last.length === 0;
      },
      { what: "the watcher to know everything", timeoutMs: patienceMs, intervalMs: 500 },
    ).catch(() => undefined);
    return last;
  }

  /** Always by the first way: a restored API server answers it again. */
  async #session(): Promise<LiveSession> {
    const { endpoints, credentials } = this.#watched.access;
    const [endpoint] = endpoints;
    if (endpoint === undefined) throw new Error("there is no way to the API");
    return LiveSession.open(endpoint, credentials, this.#signal);
  }

  async #listed(): Promise<Listing<string>> {
    const session = await this.#session();
    try {
      const { path, labelSelector } = this.#watched;
      return await listPages(session, path, new URLSearchParams({ labelSelector }), stateOf, this.#signal);
    } finally {
      session.destroy();
    }
  }

  async #watch(): Promise<void> {
    const session = await this.#session();
    try {
      const { path, labelSelector } = this.#watched;
      const query = new URLSearchParams({
        labelSelector,
        watch: "1",
        allowWatchBookmarks: "true",
        resourceVersion: String(this.#version),
      });
      const status = await session.lines(`${path}?${query.toString()}`, this.#signal, (line) => {
        this.#take(JSON.parse(line) as { type: string; object: unknown });
      });
      if (status !== 200) throw new AnswerError(status, undefined);
    } finally {
      session.destroy();
    }
  }

  #take({ type, object }: { type: string; object: unknown }): void {
    if (type === "ERROR") throw new AnswerError(Number((object as { code?: unknown }).code ?? 500), object);
    const { resourceVersion } = (object as KubeObject).metadata;
    if (type !== "BOOKMARK") {
      const { metadata } = kubeObject(object);
      if (type === "DELETED") this.#known.delete(metadata.name);
      else this.#known.set(metadata.name, stateOf(object as KubeObject));
    }
    this.#seen(resourceVersion);
  }

  #seen(version: string): void {
    const now = Number(version);
    if (now < this.#version) this.wentBack += 1;
    this.#version = now;
  }
}

/** Which state of which object it is. */
function stateOf({ metadata }: KubeObject): string {
  return `${metadata.uid}@${metadata.resourceVersion}`;
}

/** What the watcher said, in words. */
export function inWords({ wentBack, relisted, blindTo }: WatcherSays): string {
  const times = (count: number) => (count === 1 ? "once" : `${String(count)} times`);
  const told = `it was told to list anew ${times(relisted)}`;
  if (blindTo === null) return `${told}; what it knows could not be compared, because the API did not answer`;
  const back = wentBack === 0 ? "no version went back" : `a version went back ${times(wentBack)}`;
  return `${told}, ${back}, ${blindTo.length === 0 ? "it knows everything" : `it is blind to ${blindTo.slice(0, 5).join(", ")}`}`;
}
