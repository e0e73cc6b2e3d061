// A pod with data is deleted together with its claim and its volume, and comes back from a dump of what was declared, bound
// to the same data again: the simplest restore there is, without any snapshot.
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import { stateDir } from "../base/paths.ts";
import { until } from "../base/until.ts";
import { dumpObjects } from "../recovery/objects/dump.ts";
import { readDump } from "../recovery/objects/dump-files.ts";
import { restoreObjects } from "../recovery/objects/restore-objects.ts";
import type { FactEvent } from "../timeline/events.ts";
import { pathOf, remove } from "../workloads/apply.ts";
import { extraManifests, volumePath } from "../workloads/extra-manifests.ts";
import type { VolumeApp } from "../workloads/extras.ts";
import type { MadeExtra } from "../workloads/make-extras.ts";
import type { Manifest } from "../workloads/manifests.ts";
import type { Session } from "./session.ts";
import { waitForAction } from "./wait-for-action.ts";

/** What predictions need to know of the body: names of its facts and of its action, and how many objects there are. */
export const keeping = {
  objects: 3,
  restored: "canary.restored",
  same: "canary.same",
  before: "canary.before",
  after: "canary.after",
  back: "canary-back",
} as const;

const goneLimitMs = 120_000;

/**
 * Marks: "outage.inject" when the deletion begins, ".injected" when all is gone, ".heal" when the pod is Ready again.
 * @param app an extra of the drill @throws KubedrillError (inconclusive) when it is not there, or does not go
 */
export async function canaryPodInDrill(
  session: Session,
  drill: string,
  app: VolumeApp,
  made: readonly MadeExtra[],
): Promise<void> {
  const { world, workload, recorder, progress, signal } = session;
  const { options } = workload;
  const name = made.find((each) => each.name === app.name)?.pods[0]?.machine;
  if (name === undefined || name === null) throw inconclusiveError(`The pod of ${app.name} is nowhere.`);
  const machine = world.machine(name);
  const manifests = extraManifests(app, options, machine.node);
  const fact = (of: string, value: FactEvent["value"]) => {
    recorder.record({ type: "fact", drill, name: of, value });
  };
  const mark = (of: string) => {
    recorder.record({ type: "mark", drill, name: `outage.${of}` });
  };
  const folder = join(stateDir(), "drill-dumps", world.file.name);
  await rm(folder, { recursive: true, force: true });
  try {
    const content = randomBytes(16).toString("hex");
    await machine.shell.run(`printf %s ${content} > ${volumePath(app, options)}/canary`, {
      timeoutMs: 10_000,
      signal,
    });
    fact(keeping.before, await contentInPod(session, app, name));
    progress.line("dumping what is declared");
    await dumpObjects(world, { out: folder, secrets: { kind: "omit" }, onProgress: () => undefined });
    const objects = (await readDump(folder, [])).objects.filter(({ kind, metadata }) =>
      manifests.some(({ body }) => body.kind === kind && body.metadata.name === metadata.name),
    );
    progress.line("deleting the pod's Deployment, its claim and its volume");
    mark("inject");
    await deleteAll(session, app, manifests);
    mark("injected");
    progress.line("restoring them from the dump");
    const order = { force: false, dryRun: false, onProgress: () => undefined };
    const start = recorder.now();
    const { created } = await restoreObjects(world.kube.main, objects, order);
    fact(keeping.restored, created.length);
    await waitForPod(session, drill, app, start);
    mark("heal");
    fact(keeping.after, await contentInPod(session, app, name).catch((error: unknown) => messageOf(error)));
    const again = await restoreObjects(world.kube.main, objects, { ...order, dryRun: true });
    fact(keeping.same, again.same);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function deleteAll({ world, workload, signal }: Session, app: VolumeApp, manifests: Manifest[]) {
  const { namespace } = workload.options;
  const { main } = world.kube;
  for (const each of manifests.toReversed()) await remove(main, each);
  await until(
    async () => {
      const left = await Promise.all(
        manifests.map((each) => main.raw("GET", pathOf(each), { timeoutMs: 10_000, okStatus: [404] })),
      );
      const pods = await main.core.listNamespacedPod({ namespace, labelSelector: `app=${app.name}` });
      return left.every((each) => each === undefined) && pods.items.length === 0;
    },
    { what: `${app.name} to be gone`, timeoutMs: goneLimitMs, intervalMs: 500, signal },
  );
}

/** Action `keeping.back`, from the begin of the restore to the pod's readiness. */
async function waitForPod(session: Session, drill: string, app: VolumeApp, start: number): Promise<void> {
  const { world, workload, recorder, progress } = session;
  const { namespace } = workload.options;
  const title = "the pod is Ready again";
  const action = { name: keeping.back, title, start, intervalMs: 250 };
  const outcome = await waitForAction(session, drill, action, async () => {
    const { status } = await world.kube.main.apps.readNamespacedDeployment({ name: app.name, namespace });
    return status?.readyReplicas === 1;
  });
  recorder.record({ type: "action", drill, name: keeping.back, title, start, ...outcome });
  progress.line(`${title}: ${outcome.ok ? `${((recorder.now() - start) / 1000).toFixed(1)} s` : "not seen"}`);
}

/** As the container itself reads it. @throws KubedrillError when there is no running container, or no file */
async function contentInPod(
  { world, workload }: Session,
  { name }: VolumeApp,
  machine: string,
): Promise<string> {
  const { namespace } = workload.options;
  const { items } = await world.kube.main.core.listNamespacedPod({ namespace, labelSelector: `app=${name}` });
  const pod = items.find((each) => each.metadata?.deletionTimestamp === undefined)?.metadata?.name ?? "";
  const labels = `--label io.kubernetes.pod.namespace=${namespace} --label io.kubernetes.pod.name=${pod}`;
  const { stdout } = await world
    .machine(machine)
    .shell.run(`crictl exec "$(crictl ps -q --state Running ${labels} | head -n 1)" cat /data/canary`, {
      timeoutMs: 20_000,
    });
  return stdout.trim();
}
