// A worker's memory fills up until its kubelet must evict: first the pod that asked for nothing and uses most, then one
// that uses more than it asked for; who stays within its request must stay.
import {
  askedToFill,
  atLeast,
  drill,
  fillMemory,
  fillsFor,
  memoryUser,
  podsOfSizes,
  predictNodePressure,
  pressureNames,
  pressurePods,
  rampMs,
  sizeOf,
  type Fill,
  type PlanInput,
} from "../../harness/index.ts";

const names = pressureNames;
const on = "worker";

drill({
  id: "workloads/node-pressure",
  title: "A worker short of memory evicts who is over its request, one by one, and nobody else",
  needs: { workers: atLeast(1) },
  readsRoom: true,
  fills: names.bestEffort,
  extras: (room) => {
    const { bestEffort, burstable, guaranteed } = pressurePods(room);
    return [
      memoryUser(names.bestEffort, on, { ...bestEffort, requestsBytes: null, limited: false }),
      memoryUser(names.burstable, on, { ...burstable, limited: false }),
      memoryUser(names.guaranteed, on, { ...guaranteed, limited: true }),
    ];
  },
  plan(input) {
    const { memory, pods, fills } = sized(input);
    const fault = (pod: string, fill: Fill) =>
      fillMemory({
        machine: memory.machine,
        namespace: input.workload.namespace,
        pod,
        like: names.guaranteed,
        ...fill,
      });
    return {
      faults: { outage: fault("fill-1", fills.first), second: fault("fill-2", fills.second) },
      prediction: predictNodePressure(input, {
        memory,
        room: input.room,
        pods,
        askedBytes: askedToFill(fills.first) + askedToFill(fills.second),
      }),
    };
  },
  async run({ experiment, plan, input }) {
    const { fills } = sized(input);
    await experiment.during("outage", plan.faults.outage, async (outage) => {
      await outage.settle("second.inject");
      await outage.holdUntil(rampMs(fills.first), "one eviction must be enough");
      // More on top of it would leave the choice to the kernel.
      if (!experiment.kept("best-effort.evicted")) return;
      await experiment.during("second", plan.faults.second, async (second) => {
        await second.settle();
      });
    });
    await experiment.recovered();
  },
});

function sized(input: PlanInput) {
  const { memory } = input;
  if (memory === null) throw new Error("the drill's machine has not been looked at");
  const pods = podsOfSizes({
    bestEffort: sizeOf(input, names.bestEffort),
    burstable: sizeOf(input, names.burstable),
  });
  return { memory, pods, fills: fillsFor(memory, pods) };
}
