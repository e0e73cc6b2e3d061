// A probe by watch: what the API says of a collection, boiled down to a few values at every change. While the API is
// not there the probe is blind, from the last sign of life on, until the full list was read again.
import type { KubeAccess } from "../kube/access.ts";
import { watchResource, type WatchOptions } from "../kube/watch.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Probe } from "./probe.ts";
import { Blindness, StateBook } from "./state-book.ts";

export interface WatchProbeOptions<T> {
  info: Pick<Probe["info"], "probe" | "title" | "group">;
  access: KubeAccess;
  /** Path of the collection. */
  path: string;
  labelSelector?: string;
  pick: WatchOptions<T>["pick"];
  /** Called after each change with all objects that there are, in no order. */
  onObjects: (objects: readonly T[], seen: { book: StateBook; recorder: Recorder }) => void;
  /** Called at each change besides. */
  onChange?: (change: Parameters<WatchOptions<T>["onChange"]>[0], recorder: Recorder) => void;
}

/** Changes come as they happen; this is how late one may be in the books of a judge. */
const tickMs = 200;
const timeoutMs = 2000;
/** Beyond so many objects, changes are gathered for a moment before all of them are looked through. */
const manyObjects = 200;
/** Half of what a judge allows for in any case. */
const gatherMs = tickMs / 2;
/** How long `start` waits for the first list before it goes on blind. */
const firstLimitMs = 10_000;

export function watchProbe<T>(options: WatchProbeOptions<T>): Probe {
  const info: Probe["info"] = { ...options.info, tickMs, timeoutMs, labels: {} };
  const stopping = new AbortController();
  let watching: Promise<void> | undefined;
  let blindness: Blindness | undefined;
  let finish: (() => void) | undefined;
  return {
    info,
    async start(recorder) {
      recorder.record({ type: "probe", ...info });
      const book = new StateBook(recorder, info.probe);
      const blind = new Blindness(recorder, info.probe);
      blindness = blind;
      const objects = new Map<string, T>();
      const first = Promise.withResolvers<undefined>();
      let sees = false;
      let gathering: NodeJS.Timeout | undefined;
      const say = () => {
        clearTimeout(gathering);
        gathering = undefined;
        options.onObjects([...objects.values()], { book, recorder });
      };
      const sayChange = () => {
        if (objects.size <= manyObjects) say();
        else gathering ??= setTimeout(say, gatherMs);
      };
      finish = () => {
        if (gathering !== undefined) say();
      };
      watching = watchResource<T>({
        access: options.access,
        path: options.path,
        ...(options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector }),
        pick: options.pick,
        signal: stopping.signal,
        onChange: (change) => {
          if (change.type === "deleted") objects.delete(change.meta.uid);
          else objects.set(change.meta.uid, change.value);
          options.onChange?.(change, recorder);
          // Changes of a full list are taken together, when all of them are known.
          if (sees) sayChange();
        },
        onSight: () => {
          sees = true;
          blind.seen();
          say();
          first.resolve(undefined);
        },
        onLost: ({ silentMs }) => {
          // What was seen before sight was lost belongs before the blindness.
          if (gathering !== undefined) say();
          sees = false;
          blind.lost("the API does not answer", recorder.now() - silentMs);
        },
      });
      const limit = setTimeout(() => {
        first.resolve(undefined);
      }, firstLimitMs);
      await first.promise;
      clearTimeout(limit);
    },
    async stop() {
      stopping.abort();
      await watching;
      finish?.();
      blindness?.stop();
    },
  };
}
