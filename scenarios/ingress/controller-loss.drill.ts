// The ingress controller's pod on the machine through which users come in is deleted: they are not served until its
// successor runs, which must be in time; users of other entrances feel nothing.
import {
  atLeast,
  deletePods,
  drill,
  ingressControllerLossMs,
  pickIngressPods,
  predictIngressControllerLoss,
  users,
} from "../../harness/index.ts";

drill({
  id: "ingress/controller-loss",
  title: "Losing the ingress controller on one machine costs its users a restart, and others nothing",
  needs: { workers: atLeast(1), ingress: "daemon-set" },
  plan(input) {
    const { machine, namespace, pods } = pickIngressPods(input.topology);
    return {
      faults: { outage: deletePods({ namespace, pods, gracePeriodSeconds: null }) },
      prediction: predictIngressControllerLoss(input, { entrance: machine, users }),
    };
  },
  async run({ experiment, plan, input }) {
    await experiment.underLoad(
      async () => {
        await experiment.during("outage", plan.faults.outage, async (outage) => {
          await outage.settle();
          await outage.holdUntil(ingressControllerLossMs(input), "the error budget is for so long a time");
        });
      },
      { entrance: pickIngressPods(input.topology).machine },
    );
  },
});
