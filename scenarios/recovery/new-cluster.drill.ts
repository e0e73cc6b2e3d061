// What was declared moves to another cluster: a dump of this one, restored into that one, compared object by object.
import { drill, moving, predictNewCluster } from "../../harness/index.ts";

drill({
  id: "recovery/new-cluster",
  title: "What is declared here is made in another cluster from a dump, and runs there",
  needs: { into: true },
  plan: (input) => ({ faults: {}, prediction: predictNewCluster(input, moving) }),
  async run({ experiment }) {
    await experiment.moveToNewCluster();
  },
});
