// The end state of `up` and `reset`: seen from outside, and only with evidence newer than the power on. After a restore
// the store is full of yesterday's "Ready", which proves nothing.
import { request } from "undici";
import { z } from "zod";
import { until } from "../../../harness/base/until.ts";
import { apiClient, type ApiClient } from "./api.ts";
import { greetsBySsh } from "./booted.ts";
import { nodesOf, workersOf, type LabLayout } from "./layout.ts";

export const demoHost = "demo.kubedrill.test";

export interface ReadyOptions {
  kubeconfig: string;
  /** Evidence must be newer: epoch milliseconds, of this host's clock (the machines share it). */
  since: number;
  timeoutMs: number;
  onSeen: (what: string) => void;
}

/**
 * Waits until all nodes are Ready with a lease renewed since, the metrics API has fresh figures of every node, the demo
 * application answers through the ingress of every worker, and every machine greets by SSH.
 * @throws KubedrillError (inconclusive) that says what was missing when time ran out.
 */
export async function waitReady(layout: LabLayout, options: ReadyOptions): Promise<void> {
  const api = await apiClient(options.kubeconfig);
  const limits = { timeoutMs: options.timeoutMs, intervalMs: 250 };
  const step = async (what: string, look: (signal: AbortSignal) => Promise<true>) => {
    await until(look, { ...limits, what });
    options.onSeen(what);
  };
  await Promise.all([
    step("all nodes Ready", (signal) => nodesReady(api, layout, options.since, signal)),
    step("metrics of every node", (signal) => metricsFresh(api, layout, options.since, signal)),
    step("an answer through every ingress", (signal) => ingressAnswers(layout, signal)),
    step("SSH on every machine", (signal) => sshGreets(layout, signal)),
  ]);
}

/** Names of the nodes that are Ready now, by condition and by a lease renewed after `since` (epoch milliseconds). */
export async function readyNodes(api: ApiClient, since: number, signal: AbortSignal): Promise<string[]> {
  const [nodes, leases] = await Promise.all([
    api.get("/api/v1/nodes?resourceVersion=0", nodeList, signal),
    api.get(
      "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases?resourceVersion=0",
      leaseList,
      signal,
    ),
  ]);
  const renewed = new Map(
    leases.items.map((each) => [each.metadata.name, Date.parse(each.spec.renewTime ?? "")]),
  );
  return nodes.items
    .filter(({ status }) =>
      status.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
    )
    .map(({ metadata }) => metadata.name)
    .filter((name) => (renewed.get(name) ?? 0) > since);
}

async function nodesReady(
  api: ApiClient,
  layout: LabLayout,
  since: number,
  signal: AbortSignal,
): Promise<true> {
  const ready = await readyNodes(api, since, signal);
  return noneMissing(layout, ready, "not ready");
}

async function metricsFresh(
  api: ApiClient,
  layout: LabLayout,
  since: number,
  signal: AbortSignal,
): Promise<true> {
  const metrics = await api.get("/apis/metrics.k8s.io/v1beta1/nodes", metricsList, signal);
  const fresh = metrics.items.filter((each) => Date.parse(each.timestamp) > since);
  return noneMissing(
    layout,
    fresh.map((each) => each.metadata.name),
    "without figures",
  );
}

async function ingressAnswers(layout: LabLayout, signal: AbortSignal): Promise<true> {
  await Promise.all(
    workersOf(layout).map(async ({ name, address }) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
      const { statusCode, body } = await request(`http://${address}/hostname`, {
        headers: { host: demoHost, connection: "close" },
        signal: limit,
      });
      await body.dump();
      if (statusCode !== 200) throw new Error(`the ingress of ${name} answered ${String(statusCode)}`);
    }),
  );
  return true;
}

/** Without it a drill could break nothing. */
async function sshGreets(layout: LabLayout, signal: AbortSignal): Promise<true> {
  await Promise.all(layout.machines.map((each) => greetsBySsh(each, signal)));
  return true;
}

function noneMissing(layout: LabLayout, seen: readonly string[], how: string): true {
  const missing = nodesOf(layout)
    .map((each) => each.name)
    .filter((name) => !seen.includes(name));
  if (missing.length > 0) throw new Error(`${missing.join(", ")} ${how}`);
  return true;
}

const named = z.object({ name: z.string() });
const condition = z.object({ type: z.string(), status: z.string() });
const nodeList = z.object({
  items: z.array(
    z.object({ metadata: named, status: z.object({ conditions: z.array(condition).optional() }) }),
  ),
});
const leaseList = z.object({
  items: z.array(z.object({ metadata: named, spec: z.object({ renewTime: z.string().optional() }) })),
});
const metricsList = z.object({ items: z.array(z.object({ metadata: named, timestamp: z.string() })) });
