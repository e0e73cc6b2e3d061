// The rival, in a process of its own: client-node's informers with whole objects, as most tools watch a cluster. What it
// sees is also the truth with which the recording is compared. Started by fork; answers "stop" with a `ReferenceResult`.
import { CoreV1Api, KubeConfig, makeInformer, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { briefPod, podValues } from "../../harness/probes/pod-values.ts";

export interface ReferenceResult {
  events: number;
  /** Per pod what became of it: words as the probe says them, null when it went. */
  words: Record<string, (string | null)[]>;
  rssMB: number;
  cpuSeconds: number;
}

const [kubeconfig = "", namespace = ""] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const words = new Map<string, (string | null)[]>();
let events = 0;
let rssMB = 0;

const pods = makeInformer<V1Pod>(config, `/api/v1/namespaces/${namespace}/pods`, () =>
  core.listNamespacedPod({ namespace }),
);
for (const verb of ["add", "update", "delete"] as const)
  pods.on(verb, (pod) => {
    events += 1;
    const name = pod.metadata?.name ?? "";
    const word = verb === "delete" ? null : wordOf(pod);
    const known = words.get(name) ?? [];
    words.set(name, known);
    if (known.at(-1) !== word) known.push(word);
  });
const nodes = makeInformer<V1Node>(config, "/api/v1/nodes", () => core.listNode());
for (const verb of ["add", "update", "delete"] as const)
  nodes.on(verb, () => {
    events += 1;
  });
for (const informer of [pods, nodes])
  informer.on("error", () => {
    setTimeout(() => void informer.start(), 1000);
  });

setInterval(() => {
  rssMB = Math.max(rssMB, process.memoryUsage.rss() / 1e6);
}, 500);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const result: ReferenceResult = {
    events,
    words: Object.fromEntries(words),
    rssMB,
    cpuSeconds: (user + system) / 1e6,
  };
  process.send?.(result, () => process.exit(0));
});
// Whoever started it is gone.
process.once("disconnect", () => process.exit(0));
await Promise.all([pods.start(), nodes.start()]);
process.send?.("ready");

function wordOf(pod: V1Pod): string | null {
  const name = pod.metadata?.name ?? "";
  const value = podValues([briefPod(pod)], [], (node) => node).get(`pod:${name}`);
  return typeof value === "string" ? value : null;
}
