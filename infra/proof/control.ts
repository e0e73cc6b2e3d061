// What the negative controls share. Each breaks the lab on purpose behind kubedrill's back, so that one promise must be
// broken, and wants exactly that promise named first; afterwards the lab is as it was.
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import type { World } from "../../harness/lab/world.ts";
import { kubedrill, proofLab, type ProofRun } from "./kubedrill.ts";

/** A control with a late promise watches it for one and a half times its budget. */
export const controlLimitMs = 18 * 60_000;

/**
 * The run failed, and the first promise that broke is one of these.
 * @returns the ids of all that broke
 */
export function expectFailure(run: ProofRun, ids: string[], exitCode = 1): string[] {
  expect(run.exitCode, run.output).toBe(exitCode);
  expect(run.verdict.verdict).toBe("fail");
  const failed = run.verdict.drills.flatMap((drill) =>
    drill.expectations
      .filter((each) => each.verdict === "fail")
      .map(({ id, title }) => ({ id, named: drill.reason.startsWith(`${title}: `) })),
  );
  const first = failed.find((each) => each.named)?.id;
  const broken = failed.map((each) => each.id);
  expect(ids, `failed: ${broken.join(", ")}\n${run.output}`).toContain(first);
  return broken;
}

export function controlPlanes(world: World): string[] {
  return world.machines.filter((each) => each.role === "control-plane").map((each) => each.name);
}

export async function allReady({ kube, machines }: World): Promise<void> {
  await until(
    async () => {
      const { items } = await kube.main.core.listNode();
      const ready = items.filter(
        (each) => each.status?.conditions?.find(({ type }) => type === "Ready")?.status === "True",
      );
      return ready.length === machines.length;
    },
    { what: "every node to be Ready", timeoutMs: 180_000, intervalMs: 1000 },
  );
}

export async function vipHolder(world: World): Promise<string> {
  const address = world.file.api.vip?.address ?? "";
  for (const machine of world.machines) {
    const { stdout } = await machine.shell.run(`ip -o -4 addr show to ${address}`, { timeoutMs: 5000 });
    if (stdout.trim() !== "") return machine.name;
  }
  throw new Error("nobody holds the VIP");
}

export interface TamperedSpec {
  tolerations?: { key?: string; operator?: string; effect?: string; tolerationSeconds?: number }[];
  affinity?: unknown;
  volumes?: unknown[];
  containers: Record<string, unknown>[] & { 0: Record<string, unknown> };
}

export const demoNamespace = "kubedrill-demo";

/**
 * Changes the pods of the demo, or of a drill's own Deployment, as soon as it is there, as a mutating webhook or a
 * colleague would.
 */
export async function tamperWithDemo(
  world: World,
  tamper: (spec: TamperedSpec) => void,
  name = "web",
): Promise<void> {
  const { apps } = world.kube.main;
  const demo = { name, namespace: demoNamespace };
  const change = async () => {
    const body = await apps.readNamespacedDeployment(demo);
    tamper(body.spec?.template.spec as unknown as TamperedSpec);
    // Refused when the controller has written its status in between; then once more.
    return apps.replaceNamespacedDeployment({ ...demo, body });
  };
  await until(change, {
    what: `the Deployment ${name} to tamper with`,
    timeoutMs: name === "web" ? 120_000 : 300_000,
    intervalMs: 50,
  });
}

/** Takes readiness gate and preStop from pods: they get requests before they listen and after they have gone. */
export function makeCareless({ containers: [container] }: TamperedSpec): void {
  delete container.readinessProbe;
  delete container.lifecycle;
}

/** Bounds the number of the demo's pods as soon as all that is wanted there is Ready, as an administrator would. */
export async function boundPods(
  world: World,
  pods: number,
  isReady: (workloads: World["kube"]["main"]["apps"], namespace: string) => Promise<boolean>,
): Promise<void> {
  const { main } = world.kube;
  const namespace = demoNamespace;
  const bound = async () => {
    if (!(await isReady(main.apps, namespace))) return false;
    await makeQuota(world, namespace, pods);
    return true;
  };
  await until(bound, { what: "the demo's pods to be bounded", timeoutMs: 240_000, intervalMs: 50 });
}

const quotaName = "bound";

/** From now on the namespace may not have more pods than so many; those that it has stay. */
export async function makeQuota({ kube }: World, namespace: string, pods: number): Promise<void> {
  await kube.main.raw("POST", `/api/v1/namespaces/${namespace}/resourcequotas`, {
    timeoutMs: 5000,
    body: {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: quotaName },
      spec: { hard: { pods: String(pods) } },
    },
  });
}

export async function removeQuota({ kube }: World, namespace: string): Promise<void> {
  await kube.main.raw("DELETE", `/api/v1/namespaces/${namespace}/resourcequotas/${quotaName}`, {
    timeoutMs: 5000,
    okStatus: [404],
  });
}

/** Returns when that many of its pods are Ready, and no others are left. */
export async function scaleDeployment(
  { kube }: World,
  deployment: { name: string; namespace: string },
  replicas: number,
): Promise<void> {
  const { apps } = kube.main;
  const body = await apps.readNamespacedDeploymentScale(deployment);
  if (body.spec !== undefined) body.spec.replicas = replicas;
  await apps.replaceNamespacedDeploymentScale({ ...deployment, body });
  const reached = async () => {
    const { status } = await apps.readNamespacedDeployment(deployment);
    return (status?.readyReplicas ?? 0) === replicas && (status?.replicas ?? 0) === replicas;
  };
  await until(reached, {
    what: `${deployment.namespace}/${deployment.name} to have ${String(replicas)} pods`,
    timeoutMs: 120_000,
    intervalMs: 1000,
  });
}

/**
 * Nobody stands behind the metrics API while `work` runs; afterwards it is waited for. Without it no namespace can go, so
 * a run cannot take the demo away, and says so (exit code 4); it is healed when the API is back.
 */
export async function withoutMetricsApi(world: World, work: () => Promise<void>): Promise<void> {
  const metrics = { name: "metrics-server", namespace: "kube-system" };
  try {
    await scaleDeployment(world, metrics, 0);
    await work();
  } finally {
    await scaleDeployment(world, metrics, 1);
    const { exitCode, all } = await kubedrill(["heal", "--name", proofLab]);
    expect(exitCode, all).toBe(0);
  }
}
