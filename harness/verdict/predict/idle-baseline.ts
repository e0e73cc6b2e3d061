// What an idle cluster must be able to say of itself before anything is asked of it: who uses what, by two ways that
// agree on who is there; and that nothing is on the move.
import type { Expectation, Window } from "../expectation.ts";
import { none } from "./budget.ts";
import type { Prediction, PredictionInput } from "./input.ts";

/** The kubelet looks every 10 to 15 s (cAdvisor's housekeeping): two readings, and their distance, for certain. */
export const baselineMs = 45_000;

const measured: Window = { from: "baseline.begin", to: "baseline.end" };
const whole: Window = { from: "baseline.begin" };
/** The id of a container never comes back, so sight may be lost for ever in between. */
const everMs = 3_600_000;

export function predictIdleBaseline({ topology }: PredictionInput): Prediction {
  return {
    statements: [
      `For ${String(baselineMs / 1000)} s the usage of ${String(topology.machines.length)} machines, their pods and the control plane's components is measured; nobody but the probes asks anything of the cluster meanwhile.`,
      "The figures are findings; promised is only that they can be had and that nothing is on the move.",
    ],
    expectations: [
      {
        ...fact("metrics.answers", "The metrics API answers", "baseline.metrics-api", "answers"),
        ...none("An HPA and `kubectl top` know nothing of a cluster whose metrics API is away"),
        headline: true,
      },
      {
        id: "metrics.every-node",
        title: "The metrics API knows the usage of every node, not older than three of its looks",
        judge: {
          kind: "facts-agree",
          before: "baseline.nodes",
          after: "baseline.metrics-nodes",
          how: "equal",
        },
        window: whole,
        ...none("It asks every kubelet once in its resolution"),
        link: { name: "every node's usage is known", after: "metrics.answers" },
      },
      {
        ...fact("pods.none-pending", "No pod is Pending", "baseline.pending", null),
        ...none("What is Pending on an idle cluster has no place on it"),
      },
      {
        ...fact(
          "requests.fit",
          "On no machine more is requested than it has",
          "baseline.overcommitted",
          null,
        ),
        ...none("The scheduler places pods by allocatable − requested; static pods go past it"),
      },
      {
        id: "containers.none-restarts",
        title: "Not one container starts, stops or restarts",
        judge: { kind: "state-unchanged", select: { probe: "containers", bridgeMs: everMs } },
        window: measured,
        ...none("Nothing is asked of the cluster, so nothing has a reason to"),
      },
    ],
  };
}

function fact(
  id: string,
  title: string,
  name: string,
  is: string | null,
): Pick<Expectation, "id" | "title" | "judge" | "window"> {
  return { id, title, judge: { kind: "fact", name, want: { is } }, window: whole };
}
