// A made-up run of three drills, realistic in kind and size, for tests of reports: one passes, one fails, one is
// inconclusive, a fourth could not run on this lab.
import type { TimelineEvent } from "../../harness/timeline/events.ts";
import { TimelineStore } from "../../harness/timeline/store.ts";
import type { DrillVerdict, RunVerdict } from "../../harness/verdict/verdict-file.ts";
import { deletePod } from "./sample-delete-pod.ts";
import { loseOne } from "./sample-lose-one.ts";
import { loseTwo } from "./sample-lose-two.ts";
import type { DrillScript } from "./sample-script.ts";
import { sampleSettings, sampleTopology } from "./sample-lab.ts";
import { playDrill, startStates } from "./sample-play.ts";
import { sampleProbes } from "./sample-probes.ts";

export interface SampleRun {
  events: TimelineEvent[];
  store: TimelineStore;
  verdict: RunVerdict;
}

/**
 * @param change edits a drill's script before it is played, e.g. to put hostile names into it
 * @param repeat plays the three drills so many times under different ids, for reports of long runs
 */
export function sampleRun(
  change: (script: DrillScript) => DrillScript = (script) => script,
  repeat = 1,
): SampleRun {
  const scripts = Array.from({ length: repeat }, (_, round) =>
    [loseOne, loseTwo, deletePod].map((script) => ({
      ...script,
      id: round === 0 ? script.id : `${script.id}-${String(round + 1)}`,
    })),
  )
    .flat()
    .map(change);
  const events: TimelineEvent[] = [
    {
      type: "run",
      t: 0,
      schema: 1,
      id: "20261121T020000Z-first",
      plan: "first",
      startedAt: "2026-11-21T02:00:00.000Z",
      seed: 4711,
      kubedrillVersion: "0.1.0",
      nodeVersion: "v24.21.0",
      host: "lab-host",
      arguments: ["run", "--plan", "first"],
    },
    {
      type: "lab",
      t: 820,
      name: "metal-3x2",
      fingerprint: "sha256:9f2c41d7",
      topology: sampleTopology(),
      settings: sampleSettings(),
    },
    ...sampleProbes().map((probe): TimelineEvent => ({ type: "probe", t: 900, ...probe })),
    ...startStates(1000),
  ];
  const drills: DrillVerdict[] = [];
  let clock = 2000;
  for (const script of scripts) {
    const played = playDrill(script, clock);
    events.push(...played.events);
    drills.push(played.verdict);
    clock = played.verdict.toMs + 1500;
  }
  events.push({ type: "run-end", t: clock, outcome: "completed" });
  const store = new TimelineStore();
  for (const event of events) store.append(event);
  return { events, store, verdict: verdictOf(drills) };
}

function verdictOf(drills: DrillVerdict[]): RunVerdict {
  return {
    verdict: "fail",
    reason: drills.find((drill) => drill.verdict === "fail")?.reason ?? "Nothing failed.",
    outcome: "completed",
    drills,
    unavailable: [
      {
        id: "control-plane/lose-three-of-five",
        title: "Losing three of five control planes",
        reason: "It needs 5 control planes; this lab has 3.",
      },
    ],
  };
}
