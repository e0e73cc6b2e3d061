// A backup tool is worth something only if what it backed up comes back.
import { atLeast, backingUp, drill, predictVelero, veleroOf } from "../../harness/index.ts";

drill({
  id: "recovery/velero",
  title: "A namespace that is deleted comes back from Velero's backup as it was declared",
  note: "Where Velero is installed; embedded lab: kubedrill lab add velero.",
  needs: { workers: atLeast(1), velero: true },
  plan: (input) => ({ faults: {}, prediction: predictVelero(input, veleroOf(input), backingUp) }),
  async run({ experiment, input }) {
    await experiment.velero(veleroOf(input));
    await experiment.recovered();
  },
});
