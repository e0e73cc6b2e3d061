// What Kubernetes itself warned of while a drill ran, and what changed in its control plane. It is told with every
// verdict that is not a pass, because it often names the cause, and events are gone an hour later (kube-apiserver
// --event-ttl).
import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { listAll } from "../kube/list-pages.ts";
import { meanwhileLines } from "../verdict/meanwhile.ts";
import type { Session } from "./session.ts";

/** More are counted, not told. */
const toldMax = 8;
const messageMax = 140;
/** The API's clock may differ from this host's, and has whole seconds. */
const clockSlackMs = 5000;

const warning = z.object({
  reason: z.string().nullish(),
  message: z.string().nullish(),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  series: z.object({ count: z.number().nullish(), lastObservedTime: z.string().nullish() }).nullish(),
  involvedObject: z.object({ kind: z.string().nullish(), name: z.string().nullish() }),
});

/** An Event of the API (v1) of type Warning. */
export type Warning = z.infer<typeof warning>;

/** Recorded as the facts "meanwhile" and "kubernetes.warnings", and shown. @param since begin of the drill, by this host's clock */
export async function tellWarnings(session: Session, drill: string, since: Date): Promise<void> {
  const { recorder, progress, world } = session;
  const changes = meanwhileLines(recorder.store, drill);
  recorder.record({ type: "fact", drill, name: "meanwhile", value: changes });
  for (const line of changes) progress.line(`meanwhile: ${line}`);
  try {
    const all = await listAll(world.kube.main, "/api/v1/events", { fieldSelector: "type=Warning" }, (event) =>
      warning.parse(event),
    );
    const told = warningLines(all, since.getTime() - clockSlackMs);
    recorder.record({ type: "fact", drill, name: "kubernetes.warnings", value: told });
    for (const line of told) progress.line(`Kubernetes warned: ${line}`);
  } catch (error) {
    progress.line(`what Kubernetes warned of cannot be read: ${messageOf(error)}`);
  }
}

/** The most frequent first, alike ones of one object as one. Pure. */
export function warningLines(warnings: readonly Warning[], sinceMs: number): string[] {
  const counts = new Map<string, { count: number; message: string }>();
  for (const each of warnings) {
    const at = each.series?.lastObservedTime ?? each.lastTimestamp ?? each.eventTime;
    if (at === null || at === undefined || Date.parse(at) < sinceMs) continue;
    const { kind, name } = each.involvedObject;
    const key = `${kind ?? "object"} ${name ?? ""}: ${each.reason ?? "Warning"}`;
    const known = counts.get(key)?.count ?? 0;
    const message = (each.message ?? "").replaceAll(/\s+/g, " ").slice(0, messageMax);
    counts.set(key, { count: known + (each.series?.count ?? each.count ?? 1), message });
  }
  const sorted = [...counts].sort(([, a], [, b]) => b.count - a.count);
  const lines = sorted
    .slice(0, toldMax)
    .map(([key, { count, message }]) => `${key} (${String(count)}×): ${message}`);
  const more = sorted.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${String(more)} more`];
}
