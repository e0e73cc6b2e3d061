// One, two or all control planes lose their power while users come in through the ingress: they must feel nothing.
//
// That is true of an application as it usually runs: entrance and pods on workers. It is not true of the demo, which is
// spread over control planes too: its pods there die with their machines, and with two or three control planes lost
// nobody takes their endpoints out. So this drill brings an application of its own that stays on the workers.
import {
  atLeast,
  drill,
  ingressControlPlaneLossMs,
  pickEntrance,
  pickMachines,
  powerCut,
  predictIngressControlPlaneLoss,
  users,
  webApp,
  type PlanInput,
} from "../../harness/index.ts";

const losses = {
  // The worst one to lose: kubelets sit on dead connections to it for a while, and their nodes may go with it.
  one: { victims: "vip-holder", words: "Losing the control plane that holds the VIP", min: 3, vip: true },
  two: { victims: "majority", words: "Losing the majority of control planes", min: 3, vip: false },
  all: { victims: "all-control-planes", words: "Losing every control plane", min: 1, vip: false },
} as const;

const app = "edge";

for (const [many, { victims, words, min, vip }] of Object.entries(losses)) {
  const entrance = ({ topology }: PlanInput) => pickEntrance(topology, pickMachines(victims, topology));
  drill({
    id: `ingress/during-control-plane-loss-${many}`,
    title: `${words} is felt by no user of the ingress`,
    needs: {
      controlPlanes: atLeast(min),
      workers: atLeast(1),
      etcd: "stacked",
      ingress: "any",
      vip,
    },
    extras: [webApp(app, { replicas: 4, graceful: true })],
    plan(input) {
      const machines = pickMachines(victims, input.topology);
      return {
        faults: { outage: powerCut(machines) },
        prediction: predictIngressControlPlaneLoss(input, {
          machines,
          app,
          entrance: entrance(input),
          users,
        }),
      };
    },
    async run({ experiment, plan, input }) {
      await experiment.underLoad(
        async () => {
          await experiment.during("outage", plan.faults.outage, async (outage) => {
            await outage.settle();
            await outage.holdUntil(ingressControlPlaneLossMs(input), "users must not feel it");
          });
          await experiment.recovered();
        },
        { app, entrance: entrance(input) },
      );
    },
  });
}
