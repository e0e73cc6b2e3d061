// Pods are deleted while users send requests: a Deployment replaces them, a pod without a controller stays gone.
import {
  atLeast,
  barePod,
  deletePods,
  drill,
  firstPods,
  loadId,
  podsOf,
  predictPodDeletion,
  type PlanInput,
} from "../../harness/index.ts";

/** So many of the Deployment's pods go at once, and never more than half of them. */
function victims({ workload }: PlanInput): number {
  return Math.max(1, Math.min(3, Math.floor(workload.replicas / 2)));
}

drill({
  id: "workloads/delete-pod",
  title: "Deleted pods are replaced and no request fails; a pod without a controller stays gone",
  needs: { workers: atLeast(1) },
  own: true,
  extras: [barePod()],
  plan(input) {
    const pods = firstPods(input, victims(input));
    const bare = podsOf(input, "bare").map(({ name, uid }) => ({ name, uid }));
    const { namespace } = input.workload;
    return {
      faults: { outage: deletePods({ namespace, pods: [...pods, ...bare], gracePeriodSeconds: null }) },
      prediction: predictPodDeletion(input, {
        pods: pods.map((each) => each.name),
        ...(bare.length === 0 ? {} : { barePod: "bare" }),
        loads: [loadId],
      }),
    };
  },
  async run({ experiment, plan }) {
    await experiment.underLoad(async () => {
      await experiment.during("outage", plan.faults.outage, async (outage) => {
        await outage.settle();
      });
    });
  },
});

drill({
  id: "workloads/delete-pod-abrupt",
  title: "Pods deleted without grace are replaced; how many requests fail is a figure",
  needs: { workers: atLeast(1) },
  own: true,
  plan(input) {
    const pods = firstPods(input, victims(input));
    const { namespace } = input.workload;
    return {
      faults: { outage: deletePods({ namespace, pods, gracePeriodSeconds: 0 }) },
      prediction: predictPodDeletion(
        { ...input, workload: { ...input.workload, graceful: false } },
        { pods: pods.map((each) => each.name), loads: [loadId] },
      ),
    };
  },
  async run({ experiment, plan }) {
    await experiment.underLoad(async () => {
      await experiment.during("outage", plan.faults.outage, async (outage) => {
        await outage.settle();
      });
    });
  },
});
