// Which run this is: when, where, with what.
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { RunVerdict } from "../../harness/verdict/verdict-file.ts";
import type { RunHeader } from "../model.ts";

/** A timeline that lost its first line still gives a report; it says what is unknown. */
export function headerOf(store: TimelineStore, verdict: RunVerdict): RunHeader {
  const run = store.all("run")[0];
  const end = store.all("run-end")[0];
  return {
    id: run?.id ?? "unknown run",
    plan: run?.plan ?? "unknown plan",
    lab: store.all("lab")[0]?.name ?? "unknown lab",
    startedAt: run?.startedAt ?? "unknown time",
    durationMs: end?.t ?? store.end,
    outcome: verdict.outcome,
    outcomeReason: end?.reason ?? "",
    seed: run?.seed ?? 0,
    kubedrillVersion: run?.kubedrillVersion ?? "unknown",
    nodeVersion: run?.nodeVersion ?? "unknown",
    host: run?.host ?? "unknown",
    arguments: run?.arguments ?? [],
  };
}
