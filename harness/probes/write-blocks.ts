// Where sequenced writes go: ConfigMaps of at most a hundred keys, one key per write, so that every acknowledged write
// can be read back and no write costs etcd more than 2 KB. Writes that are under way at once go to different objects as
// far as there are any: on the same one the API server would repeat each that lost the race (optimistic concurrency),
// and a slow cluster would be made slower by being asked.
import { randomBytes } from "node:crypto";
import type { KubeClients } from "../kube/access.ts";
import { until } from "../base/until.ts";
import { inconclusiveError, messageOf } from "../base/errors.ts";

const keysPerBlock = 100;
/** The next block is made when so many keys of this one are used: long before it is needed, however slow the API is. */
const prepareAt = 40;
const limitMs = 10_000;
const startLimitMs = 30_000;

export class WriteBlocks {
  readonly #clients: KubeClients;
  readonly #namespace: string;
  readonly #rows: Row[];
  #turn = 0;

  /**
   * @param writer part of the objects' names; a random part keeps apart what an earlier run left behind
   * @param rows how many objects take turns
   */
  constructor(clients: KubeClients, namespace: string, writer: string, rows: number) {
    this.#clients = clients;
    this.#namespace = namespace;
    const prefix = `writes-${writer.replaceAll(/[^a-z0-9-]+/g, "-")}-${randomBytes(3).toString("hex")}`;
    this.#rows = Array.from(
      { length: rows },
      (_, index) => new Row(clients, namespace, `${prefix}-${String(index)}`),
    );
  }

  /** Makes the first blocks. @throws KubedrillError (inconclusive) when the API does not take them within 30 s */
  async open(): Promise<void> {
    for (const row of this.#rows) await row.open();
  }

  /** The block for one more write. */
  take(): string {
    const row = this.#rows[this.#turn++ % this.#rows.length];
    return row?.take() ?? "";
  }

  /** A block that was there is not there any more; no further write goes to it once there is another. */
  isGone(block: string): void {
    for (const row of this.#rows) row.isGone(block);
  }

  /** API path of a block. */
  path(block: string): string {
    return pathOf(this.#namespace, block);
  }

  /**
   * The sequence numbers in a block, read with quorum.
   * @throws KubedrillError when it cannot be read; an object that is gone has no numbers
   */
  async read(block: string): Promise<Set<number>> {
    const answer = await this.#clients.raw("GET", this.path(block), { timeoutMs: limitMs, okStatus: [404] });
    return sequencesIn(answer);
  }

  /** Waits for blocks in the making. */
  async settle(): Promise<void> {
    await Promise.all(this.#rows.map((row) => row.settle()));
  }
}

/** One block after the other. */
class Row {
  readonly #clients: KubeClients;
  readonly #namespace: string;
  readonly #prefix: string;
  #made = 0;
  #current = "";
  #used = 0;
  #next: string | undefined;
  #preparing: Promise<void> | undefined;

  constructor(clients: KubeClients, namespace: string, prefix: string) {
    this.#clients = clients;
    this.#namespace = namespace;
    this.#prefix = prefix;
  }

  /** Makes the first block. @throws KubedrillError (inconclusive) when the API does not take it within 30 s */
  async open(): Promise<void> {
    this.#current = await until(() => this.#make(), {
      what: "the API to take the writer's first object",
      timeoutMs: startLimitMs,
    });
  }

  /**
   * The block for one more write. While the API is away the next block cannot be made; writes then stay in the full
   * one, which does not grow by writes that are not taken.
   */
  take(): string {
    if (this.#used >= keysPerBlock && this.#next !== undefined) {
      this.#current = this.#next;
      this.#next = undefined;
      this.#used = 0;
    }
    this.#used += 1;
    if (this.#used >= prepareAt && this.#next === undefined) this.#prepare();
    return this.#current;
  }

  /** The one that was prepared is as old as it, and may be gone too. */
  isGone(block: string): void {
    if (block !== this.#current || this.#used > keysPerBlock) return;
    this.#used = keysPerBlock;
    this.#next = undefined;
    this.#prepare();
  }

  /** Waits for a block in the making. */
  async settle(): Promise<void> {
    await this.#preparing;
  }

  #prepare(): void {
    this.#preparing ??= this.#make()
      .then(
        (name) => {
          this.#next = name;
        },
        // Not now: the API is away. Asked for again by the next write.
        () => undefined,
      )
      .finally(() => {
        this.#preparing = undefined;
      });
  }

  async #make(): Promise<string> {
    const name = `${this.#prefix}-${String(this.#made++)}`;
    const metadata = {
      name,
      labels: { "app.kubernetes.io/managed-by": "kubedrill", "kubedrill.io/part": "writes" },
    };
    try {
      await this.#clients.raw("POST", `/api/v1/namespaces/${this.#namespace}/configmaps`, {
        timeoutMs: limitMs,
        body: { apiVersion: "v1", kind: "ConfigMap", metadata },
      });
      // Field tracking would double the size of every write; once emptied, the API server leaves it off.
      await this.#clients.raw("PATCH", pathOf(this.#namespace, name), {
        timeoutMs: limitMs,
        contentType: "application/merge-patch+json",
        body: { metadata: { managedFields: [{}] } },
      });
    } catch (error) {
      throw inconclusiveError(`The API did not take an object for sequenced writes: ${messageOf(error)}.`, {
        cause: error,
      });
    }
    return name;
  }
}

function pathOf(namespace: string, block: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps/${block}`;
}

/** The key of a sequence number, and back. */
export function keyOf(sequence: number): string {
  return `s${String(sequence)}`;
}

/** Sequence numbers in a ConfigMap as the API gives it; none when there is no such object. */
function sequencesIn(configMap: unknown): Set<number> {
  const found = new Set<number>();
  if (typeof configMap !== "object" || configMap === null || !("data" in configMap)) return found;
  const { data } = configMap;
  if (typeof data !== "object" || data === null) return found;
  for (const key of Object.keys(data)) {
    const sequence = Number(key.slice(1));
    if (key.startsWith("s") && Number.isInteger(sequence)) found.add(sequence);
  }
  return found;
}
