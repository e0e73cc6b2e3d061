// What the cluster uses when nothing is asked of it: the ground on which every other figure stands, and what later runs
// are compared with.
import { baselineMs, drill, predictIdleBaseline } from "../../harness/index.ts";

drill({
  id: "cluster/idle-baseline",
  title: "An idle cluster can say what it uses, and nothing on it is on the move",
  needs: {},
  plan(input) {
    return { faults: {}, prediction: predictIdleBaseline(input) };
  },
  async run({ experiment }) {
    await experiment.baseline(baselineMs);
  },
});
