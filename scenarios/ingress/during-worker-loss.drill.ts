// A worker loses its power while users come in through another one: what would have been served by its pods fails until
// their endpoints are out, and nothing else does.
import {
  atLeast,
  drill,
  ingressWorkerLossMs,
  pickEntrance,
  pickMachines,
  powerCut,
  predictIngressWorkerLoss,
  users,
  type PlanInput,
} from "../../harness/index.ts";

drill({
  id: "ingress/during-worker-loss",
  title: "Losing a worker costs users of the ingress only what its pods would have served, and not for long",
  needs: { workers: atLeast(2), ingress: "any" },
  plan(input) {
    const machine = victim(input);
    // Says so before anything is broken when no entrance is left.
    pickEntrance(input.topology, [machine]);
    return {
      faults: { outage: powerCut([machine]) },
      prediction: predictIngressWorkerLoss(input, { machine, users }),
    };
  },
  async run({ experiment, plan, input }) {
    const machine = victim(input);
    await experiment.underLoad(
      async () => {
        await experiment.during("outage", plan.faults.outage, async (outage) => {
          await outage.settle();
          await outage.holdUntil(
            ingressWorkerLossMs(input, machine),
            "no request may fail once the dead endpoints are out",
          );
        });
        await experiment.recovered();
      },
      { entrance: pickEntrance(input.topology, [machine]) },
    );
  },
});

/** If possible not the machine through which users come in. */
function victim({ topology, workload }: PlanInput): string {
  const [machine = ""] = pickMachines("worker", topology, workload.podsByMachine);
  return machine;
}
