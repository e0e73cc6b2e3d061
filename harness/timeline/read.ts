// Reads a recorded timeline back, however large, line by line.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { messageOf, usageError } from "../base/errors.ts";
import type { TimelineEvent } from "./events.ts";
import { TimelineStore } from "./store.ts";

/**
 * @param path timeline.jsonl of a run
 * @throws KubedrillError (usage) when it cannot be read, or a line other than a torn last one is not JSON
 */
export async function readTimeline(path: string): Promise<TimelineStore> {
  const store = new TimelineStore();
  let torn: { line: number; error: unknown } | undefined;
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      line += 1;
      if (torn !== undefined)
        throw usageError(`${path}:${String(torn.line)} is not a timeline event.`, { cause: torn.error });
      if (text === "") continue;
      try {
        // Written by our own recorder; the schema number in the first event guards the format.
        store.append(JSON.parse(text) as TimelineEvent);
      } catch (error) {
        torn = { line, error };
      }
    }
  } catch (error) {
    throw usageError(`The timeline ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  return store;
}
