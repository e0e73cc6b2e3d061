// Ten, a hundred and a thousand clients come in through the ingress, one stage after the other: does the HPA follow, where
// does it saturate, what do they feel, and is it back to one pod when they have gone?
import {
  atLeast,
  drill,
  predictLadder,
  predictSteps,
  scaledApp,
  sizeFor,
  type PlanInput,
} from "../../harness/index.ts";

const app = "ladder";

/**
 * Small enough that a thousand clients outgrow a pod many times on a small host, large enough that it is not scaled while
 * the cost of a request is measured; throttled at four times of it.
 */
const scaling = {
  requests: { cpuCores: 0.04 },
  cpuLimitCores: 0.16,
  maxReplicas: 30,
  targetPercent: 70,
  scaleDownSeconds: 30,
};

/** As `ab -n 10000 -c 10` and so on would send them. On a small lab each client asks once a second instead. */
const stages = [
  { name: "c10", connections: 10, requests: 10_000 },
  { name: "c100", connections: 100, requests: 100_000 },
  { name: "c1000", connections: 1000, requests: 1_000_000 },
];

function stepsOf({ full, maxRateHz }: PlanInput) {
  return stages.map(({ name, connections, requests }) => ({
    name,
    connections,
    rateHz: full ? maxRateHz : Math.min(connections, maxRateHz ?? Infinity),
    maxRequests: full ? requests : null,
  }));
}

function ladderOf(input: PlanInput) {
  const { scaled, cost } = input;
  if (scaled === null || cost === null) throw new Error("nothing was measured");
  return { scaled, cost, steps: predictSteps(input, scaled, stepsOf(input), cost, input.room) };
}

drill({
  id: "ingress/ladder",
  title: "While clients go from 10 to 1,000 the HPA follows, saturates where the room ends, and comes back",
  needs: { workers: atLeast(1), ingress: "any" },
  own: true,
  readsRoom: true,
  measures: app,
  extras: (room) => [
    scaledApp(app, { ...scaling, requests: { ...scaling.requests, memoryBytes: sizeFor(room) } }),
  ],
  plan(input) {
    const { scaled, steps, cost } = ladderOf(input);
    return { faults: {}, prediction: predictLadder(input, scaled, steps, cost, input.room) };
  },
  async run({ experiment, input }) {
    const { scaled, steps } = ladderOf(input);
    await experiment.climb(scaled, steps);
  },
});
