// A Deployment asks for more memory than the workers have left: what does not fit must stay Pending, with the reason, and
// run as soon as somebody else gives memory back.
import {
  atLeast,
  bigDeployment,
  drill,
  fitOf,
  fullForMs,
  predictPending,
  scale,
  sizeFor,
  sizeOf,
} from "../../harness/index.ts";

const filler = { name: "filler", replicas: 2 };

drill({
  id: "workloads/pending-until-capacity",
  title: "A Deployment that asks for more than fits waits, says why, and runs when there is room",
  needs: { workers: atLeast(1) },
  readsRoom: true,
  extras: (room) => {
    const memoryBytes = sizeFor(room);
    return [
      bigDeployment(filler.name, { replicas: filler.replicas, memoryBytes }),
      bigDeployment("big", { replicas: 0, memoryBytes }),
    ];
  },
  plan(input) {
    const { namespace } = input.workload;
    const memoryBytes = sizeOf(input, "big");
    const fits = Object.values(fitOf(input.room, memoryBytes)).reduce((sum, each) => sum + each, 0);
    const asked = fits + filler.replicas;
    return {
      faults: {
        outage: scale({ namespace, deployment: "big", replicas: asked, was: 0 }),
        freed: scale({ namespace, deployment: filler.name, replicas: 0, was: filler.replicas }),
      },
      prediction: predictPending(input, input.room, { name: "big", memoryBytes, asked, filler }),
    };
  },
  async run({ experiment, plan, input }) {
    await experiment.during("outage", plan.faults.outage, async (outage) => {
      await outage.settle("freed.inject");
      await outage.holdUntil(fullForMs(input), "what does not fit must stay Pending");
      await experiment.during("freed", plan.faults.freed, async (freed) => {
        await freed.settle();
      });
      await outage.settle();
    });
  },
});
