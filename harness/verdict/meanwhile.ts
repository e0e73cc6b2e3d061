// What changed in the control plane while something was late: a new leader of etcd or a VIP that moved explains slow
// answers which no single probe does.
import type { TimelineStore } from "../timeline/store.ts";
import { seconds } from "./judges/finding.ts";
import { said } from "./judges/tracks.ts";

/** State subjects that everything else leans on. */
const leanedOn = [
  { probe: "etcd", subject: "leader", words: "etcd's leader" },
  { probe: "vip", subject: "holder", words: "the holder of the VIP" },
];
const changesMax = 5;

/** "etcd's leader: cp2, cp3 (1.20 s after the fault)", one line for each that changed after the drill's first fault. */
export function meanwhileLines(store: TimelineStore, drill: string): string[] {
  const { to } = store.span(drill);
  const fault = store.all("fault", drill).find(({ state }) => state === "injecting")?.t;
  if (fault === undefined) return [];
  return leanedOn.flatMap(({ probe, subject, words }) => {
    const changes = (store.states.get(probe)?.get(subject) ?? []).filter(({ t }) => t > fault && t <= to);
    if (changes.length === 0) return [];
    const before = said(store.stateAt(probe, subject, fault)?.value);
    const after = changes
      .slice(0, changesMax)
      .map(({ t, value }) => `${said(value)} (${seconds(t - fault)} after the fault)`);
    const more = changes.length - after.length;
    return [
      `${words}: ${[before, ...after].join(", ")}${more === 0 ? "" : ` and ${String(more)} changes more`}`,
    ];
  });
}
