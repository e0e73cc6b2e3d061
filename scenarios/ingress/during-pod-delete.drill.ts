// Pods behind the ingress are deleted while users come in through it: nobody may feel it.
import {
  atLeast,
  deletePods,
  drill,
  firstPods,
  predictIngressPodDelete,
  users,
} from "../../harness/index.ts";

/** How many of the Deployment's pods go at once. */
const victims = 3;
/** So long users are watched after the last of them has ended. */
const afterwardsMs = 5000;

drill({
  id: "ingress/during-pod-delete",
  title: "Deleting pods behind the ingress costs its users nothing",
  needs: { workers: atLeast(1), ingress: "any" },
  plan(input) {
    const pods = firstPods(input, victims);
    const { namespace } = input.workload;
    return {
      faults: { outage: deletePods({ namespace, pods, gracePeriodSeconds: null }) },
      prediction: predictIngressPodDelete(input, { pods: pods.map((each) => each.name), users }),
    };
  },
  async run({ experiment, plan, input }) {
    await experiment.underLoad(async () => {
      await experiment.during("outage", plan.faults.outage, async (outage) => {
        await outage.settle();
        await outage.holdUntil(
          input.workload.terminationGraceMs.value + afterwardsMs,
          "nobody may feel the end of the deleted pods either",
        );
      });
    });
  },
});
