// The harness's side of the talk with worker pods, through the API server's proxy to pods.
import type { V1Pod } from "@kubernetes/client-node";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { KubeClients } from "../kube/access.ts";
import { workerSelector } from "./manifests.ts";
import { reportSchema, statusSchema, workerPort, type Order, type Report, type Status } from "./protocol.ts";

export interface WorkerPod {
  index: number;
  name: string;
  node: string;
}

const requestLimitMs = 10_000;
/** An order looks up a name and connects once. */
const orderLimitMs = 45_000;
const podsLimitMs = 120_000;
const indexLabel = "batch.kubernetes.io/job-completion-index";

/** @throws KubedrillError (inconclusive) that says which worker does not come up, and why */
export async function readyWorkers(
  kube: KubeClients,
  namespace: string,
  count: number,
  signal: AbortSignal,
): Promise<WorkerPod[]> {
  let obstacle = "its pods have not been made";
  const found = await until(
    async () => {
      const { items } = await kube.core.listNamespacedPod({ namespace, labelSelector: workerSelector });
      const ended = items.find((pod) => pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded");
      if (ended !== undefined) return { ended };
      const waiting = items.map((pod) => [pod, whyNotReady(pod)] as const).filter(([, why]) => why !== null);
      const [first] = waiting;
      if (first !== undefined) obstacle = `${first[0].metadata?.name ?? ""} ${first[1] ?? ""}`;
      if (items.length < count || first !== undefined) return null;
      return { workers: items.map(workerOf).sort((a, b) => a.index - b.index) };
    },
    { what: "workers", timeoutMs: podsLimitMs, intervalMs: 500, signal },
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw inconclusiveError(
      `Not all ${String(count)} workers came up within ${String(podsLimitMs / 1000)} s: ${obstacle}.`,
      { cause: error },
    );
  });
  if ("workers" in found) return found.workers;
  const name = found.ended.metadata?.name ?? "";
  const log = await kube.core.readNamespacedPodLog({ name, namespace, tailLines: 3 }).catch(() => "");
  throw inconclusiveError(
    `The worker ${name} ${whyNotReady(found.ended) ?? "is over"}${log === "" ? "." : `: ${log.trim().replaceAll(/\s*\n\s*/g, " · ")}`}`,
  );
}

/** Which workers are not there any more, in words; empty: all are. */
export async function lostWorkers(
  kube: KubeClients,
  namespace: string,
  workers: readonly WorkerPod[],
): Promise<string[]> {
  const { items } = await kube.core.listNamespacedPod({ namespace, labelSelector: workerSelector });
  return workers.flatMap((worker) => {
    const pod = items.find((each) => each.metadata?.name === worker.name);
    if (pod === undefined) return [`${named(worker)} is gone`];
    const why = whyNotReady(pod);
    return why === null || pod.status?.phase === "Succeeded" ? [] : [`${named(worker)} ${why}`];
  });
}

export function named({ index, node }: WorkerPod): string {
  return `worker ${String(index)} on ${node}`;
}

/** Requests to one worker. Each @throws KubedrillError (inconclusive) that names it */
export function workerClient(kube: KubeClients, namespace: string, worker: WorkerPod) {
  const base = `/api/v1/namespaces/${namespace}/pods/http:${worker.name}:${String(workerPort)}/proxy`;
  const ask = async (method: "GET" | "POST", path: string, body?: unknown, timeoutMs = requestLimitMs) => {
    try {
      return await kube.raw(method, `${base}${path}`, { timeoutMs, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      throw inconclusiveError(`${named(worker)}: ${messageOf(error)}`, { cause: error });
    }
  };
  return {
    worker,
    status: async (): Promise<Status> => statusSchema.parse(await ask("GET", "/status")),
    order: (order: Order) => ask("POST", "/order", order, orderLimitMs),
    start: (token: string, atMs: number) => ask("POST", "/start", { token, atMs }),
    stop: (token: string) => ask("POST", "/stop", { token }),
    report: async (): Promise<Report> => reportSchema.parse(await ask("GET", "/report", undefined, 30_000)),
    leave: (token: string) => ask("POST", "/leave", { token }),
  };
}

export type WorkerClient = ReturnType<typeof workerClient>;

function workerOf({ metadata, spec }: V1Pod): WorkerPod {
  return {
    index: Number(metadata?.labels?.[indexLabel] ?? NaN),
    name: metadata?.name ?? "",
    node: spec?.nodeName ?? "",
  };
}

function whyNotReady({ status }: V1Pod): string | null {
  if (status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true)
    return null;
  const unscheduled = status?.conditions?.find(
    (each) => each.type === "PodScheduled" && each.status === "False",
  );
  if (unscheduled !== undefined) return `finds no node (${unscheduled.message ?? ""})`;
  const state = status?.containerStatuses?.[0]?.state;
  if (state?.waiting !== undefined)
    return `waits (${state.waiting.reason ?? "unknown"}${state.waiting.message === undefined ? "" : `: ${state.waiting.message}`})`;
  if (state?.terminated !== undefined)
    return `has ended (${state.terminated.reason ?? "unknown"}, exit code ${String(state.terminated.exitCode)})`;
  return `is ${status?.phase ?? "unknown"}`;
}
