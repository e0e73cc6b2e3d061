// Every pod of the namespace is deleted at once, as by a careless `kubectl delete pods --all`: all must be back.
import {
  atLeast,
  daemonSet,
  deletePods,
  drill,
  loadId,
  podsOf,
  predictDeleteAll,
  statefulSet,
  type PlanInput,
} from "../../harness/index.ts";

drill({
  id: "workloads/delete-all",
  title: "When every pod of a namespace is deleted at once, all are back in time",
  needs: { workers: atLeast(1) },
  own: true,
  extras: [statefulSet(), daemonSet()],
  plan(input) {
    const demo = demoPods(input);
    const others = [...podsOf(input, "stateful"), ...podsOf(input, "daemon")];
    const pods = [...demo, ...others].map(({ name, uid }) => ({ name, uid }));
    const { namespace } = input.workload;
    return {
      faults: { outage: deletePods({ namespace, pods, gracePeriodSeconds: null }) },
      prediction: predictDeleteAll(input, { pods: demo.map((each) => each.name), loads: [loadId] }),
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

/** All of the Deployment's; in a dry run, which has none, a stand-in. */
function demoPods({ pods }: PlanInput): { name: string; uid: string }[] {
  return pods.length === 0 ? [{ name: "every pod of the Deployment", uid: "known at injection" }] : pods;
}
