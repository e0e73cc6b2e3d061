// The simplest restore: a pod with data is deleted with its claim and its volume, and comes back from a dump.
import { atLeast, drill, keeping, predictCanaryPod, volumeApp } from "../../harness/index.ts";

const app = volumeApp("worker");

drill({
  id: "recovery/canary-pod",
  title: "A pod with data that is deleted with its claim and volume comes back from a dump, with its data",
  needs: { workers: atLeast(1) },
  extras: [app],
  plan: (input) => ({ faults: {}, prediction: predictCanaryPod(input, keeping) }),
  async run({ experiment, input }) {
    await experiment.canaryPod(app, input.extras);
    await experiment.recovered();
  },
});
