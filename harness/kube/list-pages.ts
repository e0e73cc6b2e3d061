// Lists a whole collection page by page, consistently, keeping only what the caller picks of each object.
import { z } from "zod";
import type { KubeClients } from "./access.ts";

const pageSize = 500;
const pageLimitMs = 10_000;

/** An object as the API gives it; everything but `metadata` depends on its kind. */
export type KubeObject = { metadata: ObjectMeta } & Record<string, unknown>;
export type ObjectMeta = { uid: string; name: string; resourceVersion: string; namespace?: string } & Record<
  string,
  unknown
>;

export interface Listing<T> {
  resourceVersion: string;
  items: { meta: ObjectMeta; value: T }[];
}

/** Where pages are asked for; `signal` ends a question early. */
export interface PageSource {
  getJson(path: string, timeoutMs: number, signal: AbortSignal): Promise<{ status: number; body: unknown }>;
}

const page = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullable(),
});

/** An HTTP answer that is no success. */
export class AnswerError extends Error {
  readonly status: number;

  constructor(status: number, body: unknown) {
    const message = z.object({ message: z.string() }).safeParse(body);
    super(`http ${String(status)}${message.success ? `: ${message.data.message.slice(0, 200)}` : ""}`);
    this.status = status;
  }
}

/**
 * @param query selectors, without limit and continue
 * @throws Error when a page does not come within 10 s; AnswerError (410) when paging took too long for the server
 */
export async function listPages<T>(
  source: PageSource,
  path: string,
  query: URLSearchParams,
  pick: (object: KubeObject) => T,
  signal: AbortSignal,
): Promise<Listing<T>> {
  const items: Listing<T>["items"] = [];
  let next: string | undefined;
  for (;;) {
    const parameters = new URLSearchParams(query);
    parameters.set("limit", String(pageSize));
    if (next !== undefined) parameters.set("continue", next);
    const { status, body } = await source.getJson(`${path}?${parameters.toString()}`, pageLimitMs, signal);
    if (status !== 200) throw new AnswerError(status, body);
    const { metadata, items: found } = page.parse(body);
    for (const item of found ?? []) {
      const object = kubeObject(item);
      items.push({ meta: briefMeta(object.metadata), value: pick(object) });
    }
    next = metadata.continue;
    // The version of the first page holds for all: later pages are read at the same one.
    if (next === undefined || next === "") return { resourceVersion: metadata.resourceVersion, items };
  }
}

/**
 * A whole collection by one way to the API. client-node's typed lists ask for all at once and keep every field, which
 * costs 50 KiB a pod for a moment: too much for a cluster of thousands.
 * @param query selectors
 * @throws KubedrillError when a page does not come within 10 s, or is refused
 */
export async function listAll<T>(
  kube: Pick<KubeClients, "raw">,
  path: string,
  query: Record<string, string>,
  pick: (object: KubeObject) => T,
): Promise<T[]> {
  const source: PageSource = {
    getJson: async (page, timeoutMs) => ({ status: 200, body: await kube.raw("GET", page, { timeoutMs }) }),
  };
  const { items } = await listPages(
    source,
    path,
    new URLSearchParams(query),
    pick,
    new AbortController().signal,
  );
  return items.map(({ value }) => value);
}

/** Only what tells objects apart is kept of the metadata: managedFields alone can be larger than the rest. */
export function briefMeta({ uid, name, resourceVersion, namespace }: ObjectMeta): ObjectMeta {
  return { uid, name, resourceVersion, ...(namespace === undefined ? {} : { namespace }) };
}

/** @throws Error when it is not an object with the metadata that every stored object has */
export function kubeObject(value: unknown): KubeObject {
  const meta = (value as Partial<KubeObject> | null | undefined)?.metadata;
  if (
    typeof meta?.uid !== "string" ||
    typeof meta.name !== "string" ||
    typeof meta.resourceVersion !== "string"
  )
    throw new Error("the API server sent an object without metadata");
  return value as KubeObject;
}
