// A worker is drained for maintenance while users send requests: first as carelessly as one can, then against a
// disruption budget that allows nothing, then properly.
import {
  atLeast,
  barePod,
  daemonSet,
  disruptionBudget,
  drain,
  drill,
  loadId,
  pickMachines,
  podsOf,
  predictDrain,
} from "../../harness/index.ts";

const retryMs = 1000;
/** Against a budget that allows nothing. */
const shortPatienceMs = 15_000;
/** For a drain that must succeed: longer than any budget of it, so that the report can say how late it was. */
const longPatienceMs = 180_000;

drill({
  id: "node/drain",
  title: "Draining a worker costs no request, respects disruption budgets, and loses nothing unasked",
  needs: { workers: atLeast(2) },
  extras: [barePod({ on: "worker" }), daemonSet(), disruptionBudget(0)],
  plan(input) {
    const [machine = ""] = pickMachines("worker", input.topology, input.workload.podsByMachine);
    const flags = { ignoreDaemonSets: true, deleteEmptyDirData: true, forceIn: [input.workload.namespace] };
    const daemonPod = podsOf(input, "daemon").find((pod) => pod.machine === machine)?.name ?? "";
    return {
      faults: {
        refusal: drain(machine, { patienceMs: shortPatienceMs, retryMs }),
        blocked: drain(machine, { ...flags, patienceMs: shortPatienceMs, retryMs }),
        outage: drain(machine, { ...flags, patienceMs: longPatienceMs, retryMs }),
      },
      prediction: predictDrain(input, {
        machine,
        barePod: "bare",
        daemonPod,
        disruptionBudget: disruptionBudget(0).name,
        retryMs,
        patienceMs: shortPatienceMs,
        loads: [loadId],
      }),
    };
  },
  async run({ experiment, plan }) {
    await experiment.underLoad(async () => {
      await experiment.during("refusal", plan.faults.refusal, async (refusal) => {
        await refusal.holdUntil(5000, "nothing may be evicted");
      });
      await experiment.during("blocked", plan.faults.blocked, async (blocked) => {
        await blocked.settle();
      });
      await experiment.change(disruptionBudget(1));
      await experiment.during("outage", plan.faults.outage, async (outage) => {
        await outage.settle();
      });
    });
    await experiment.watch(15_000, "nothing may move back");
    await experiment.recovered();
  },
});
