// What a watch knows of a collection, and what changes when events or a new full list come in. Pure state.
import type { Listing, ObjectMeta } from "./list-pages.ts";

export interface WatchChange<T> {
  type: "added" | "updated" | "deleted";
  /** Name, namespace, UID and version of the object. */
  meta: ObjectMeta;
  value: T;
  /** Before an update. */
  previous?: T;
  /** `live`: seen as it happened; `resync`: found by comparison with a full list, it happened some time before. */
  seen: "live" | "resync";
}

export class Inventory<T> {
  readonly #objects = new Map<string, { meta: ObjectMeta; value: T }>();

  get size(): number {
    return this.#objects.size;
  }

  /** The change that an object seen alive means; null when it is known in that version already. */
  put(meta: ObjectMeta, value: T, seen: WatchChange<T>["seen"]): WatchChange<T> | null {
    const known = this.#objects.get(meta.uid);
    if (known?.meta.resourceVersion === meta.resourceVersion) return null;
    this.#objects.set(meta.uid, { meta, value });
    if (known === undefined) return { type: "added", meta, value, seen };
    return { type: "updated", meta, value, previous: known.value, seen };
  }

  /** The change that a deleted object means, with its last state; null when it was not known. */
  drop(meta: ObjectMeta, value: T): WatchChange<T> | null {
    return this.#objects.delete(meta.uid) ? { type: "deleted", meta, value, seen: "live" } : null;
  }

  /** Takes over a full list; deletions come first, so that a successor never meets its predecessor. */
  replace(listing: Listing<T>): WatchChange<T>[] {
    const listed = new Set(listing.items.map((each) => each.meta.uid));
    const changes: WatchChange<T>[] = [];
    for (const [uid, { meta, value }] of this.#objects) {
      if (listed.has(uid)) continue;
      this.#objects.delete(uid);
      changes.push({ type: "deleted", meta, value, seen: "resync" });
    }
    for (const { meta, value } of listing.items) {
      const change = this.put(meta, value, "resync");
      if (change !== null) changes.push(change);
    }
    return changes;
  }
}
