// What happened after a snapshot and reaches beyond the store: which of it a restore undoes, and which it cannot.
import { atLeast, drifting, drill, predictDrift } from "../../harness/index.ts";

drill({
  id: "recovery/drift",
  title: "What a restore cannot undo is known: tokens, volumes and addresses of after the snapshot",
  needs: { controlPlanes: atLeast(1), workers: atLeast(1), etcd: "stacked" },
  plan: (input) => ({ faults: {}, prediction: predictDrift(input, drifting) }),
  async run({ experiment }) {
    await experiment.drift("stacked-swap");
    await experiment.recovered();
  },
});
