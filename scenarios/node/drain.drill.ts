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
  own: true,
  extras: [barePod({ on: "worker" }), daemonSet(), disruptionBudget(0)],
  plan(input) {
    const [machine = ""] = pickMachines("worker", input.topology, input.workload.podsByMachine);
    const flags = { ignoreDaemonSets: true, deleteEmptyDirData: true };
    const common = { machine, retryMs, loads: [loadId] };
    // A workload of the user's own comes without them; nothing of it is lost by force.
    if (input.extras.length === 0)
      return {
        faults: { outage: drain(machine, { ...flags, patienceMs: longPatienceMs, retryMs }) },
        prediction: predictDrain(input, { ...common, careless: null }),
      };
    const forced = { ...flags, forceIn: [input.workload.namespace] };
    return {
      onExtras: {
        refusal: drain(machine, { patienceMs: shortPatienceMs, retryMs }),
        blocked: drain(machine, { ...forced, patienceMs: shortPatienceMs, retryMs }),
      },
      faults: { outage: drain(machine, { ...forced, patienceMs: longPatienceMs, retryMs }) },
      prediction: predictDrain(input, {
        ...common,
        careless: {
          barePod: "bare",
          daemonPod: podsOf(input, "daemon").find((pod) => pod.machine === machine)?.name ?? "",
          disruptionBudget: disruptionBudget(0).name,
          patienceMs: shortPatienceMs,
        },
      }),
    };
  },
  async run({ experiment, plan }) {
    await experiment.underLoad(async () => {
      const { refusal, blocked } = plan.onExtras ?? {};
      if (refusal !== undefined && blocked !== undefined) {
        await experiment.during("refusal", refusal, async (refused) => {
          await refused.holdUntil(5000, "nothing may be evicted");
        });
        await experiment.during("blocked", blocked, async (waiting) => {
          await waiting.settle();
        });
        await experiment.change(disruptionBudget(1));
      }
      await experiment.during("outage", plan.faults.outage, async (outage) => {
        await outage.settle();
      });
    });
    await experiment.watch(15_000, "nothing may move back");
    await experiment.recovered();
  },
});
