// An application behind the ingress is rolled out anew while users come in: with a readiness probe and a preStop hook
// nobody feels it; what it costs without them is a figure beside it, for the same application under the same load.
import {
  atLeast,
  drill,
  podsOf,
  predictIngressRollout,
  restart,
  users,
  webApp,
} from "../../harness/index.ts";

const app = "edge";

const ways = {
  "during-rollout": {
    graceful: true,
    title: "A rollout with readiness probe and preStop hook costs users of the ingress nothing",
  },
  "during-rollout-abrupt": {
    graceful: false,
    title:
      "A rollout without readiness probe and preStop hook comes to its end; how many requests fail is a figure",
  },
} as const;

for (const [name, { graceful, title }] of Object.entries(ways))
  drill({
    id: `ingress/${name}`,
    title,
    needs: { workers: atLeast(1), ingress: "any" },
    extras: [webApp(app, { replicas: 4, graceful })],
    plan(input) {
      const { namespace } = input.workload;
      const replaces = podsOf(input, app).map((each) => each.uid);
      return {
        faults: { outage: restart({ namespace, deployment: app, replaces }) },
        prediction: predictIngressRollout(input, { app, graceful, users }),
      };
    },
    async run({ experiment, plan }) {
      await experiment.underLoad(
        async () => {
          await experiment.during("outage", plan.faults.outage, async (outage) => {
            await outage.settle();
          });
        },
        { app },
      );
    },
  });
