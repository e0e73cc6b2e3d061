// A volume is snapshotted, destroyed with all that was written since, and made again from the snapshot: by the cluster's own
// storage driver, with nothing but what Kubernetes' API offers.
import { randomBytes } from "node:crypto";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { SnapshotWay } from "../lab/facts.ts";
import { apply, remove } from "../workloads/apply.ts";
import { canaryDeployment, type Manifest } from "../workloads/manifests.ts";
import { claimManifest, mountingDeployment, volumeSnapshotManifest } from "../workloads/mounting.ts";
import { isReady, runInPod } from "./run-in-pod.ts";
import type { Session } from "./session.ts";
import { telling } from "./telling.ts";
import { snapshotReady, volumesLeft } from "./volume-objects.ts";
import { doAction } from "./wait-for-action.ts";

/** What predictions need to know of the body: names of its actions and facts. */
export const snapshotting = {
  taken: "snapshot-taken",
  back: "volume-back",
  before: "volume.before",
  after: "volume.after",
  left: "volume.left",
} as const;

const name = "vault";
const firstLimitMs = 180_000;
const goneLimitMs = 120_000;
/** Content and names of files; what a file system brings along is the same both times. */
const readAll = "cat /data/canary; for each in /data/*; do echo $each; done";

/**
 * Marks: "outage.inject" when the volume's destruction begins, ".injected" when it and its data are gone, ".heal" when the
 * pod is Ready again. @throws KubedrillError (inconclusive) when the first volume does not come, or does not go
 */
export async function volumeSnapshotInDrill(
  session: Session,
  drill: string,
  way: SnapshotWay,
): Promise<void> {
  const { world, recorder, progress, signal } = session;
  const { main } = world.kube;
  const objects = objectsOf(session, way);
  const { fact, mark } = telling(session, drill);
  try {
    progress.line(`making a volume by the StorageClass ${way.storageClass}`);
    for (const each of [objects.claim, objects.deployment]) await apply(main, each);
    await until(() => isReady(session, name), {
      what: `a pod with a volume by the StorageClass ${way.storageClass}`,
      timeoutMs: firstLimitMs,
      intervalMs: 500,
      signal,
    });
    await write(session, "canary");
    const before = await content(session);
    fact(snapshotting.before, before);

    if (!(await snapshot(session, drill, objects.snapshot))) return;
    await write(session, "canary");
    await write(session, "later");
    const spoilt = await content(session);
    if (spoilt.length <= before.length || before.every((each) => spoilt.includes(each)))
      throw inconclusiveError(
        "What was written after the snapshot cannot be read, so nothing would be proven.",
      );

    progress.line("deleting the pod's Deployment, its claim and its volume");
    mark("inject");
    await destroy(session, [objects.deployment, objects.claim]);
    mark("injected");

    progress.line("making the claim again, from the snapshot");
    const start = recorder.now();
    for (const each of [objects.claimAgain, objects.deployment]) await apply(main, each);
    const action = { name: snapshotting.back, title: "the pod is Ready again", start, intervalMs: 250 };
    await doAction(session, drill, action, () => isReady(session, name));
    mark("heal");
    fact(snapshotting.after, await content(session).catch((error: unknown) => [messageOf(error)]));
  } finally {
    const left = await takeAway(session, Object.values(objects));
    fact(snapshotting.left, left.length === 0 ? "none" : left.join(", "));
  }
}

function objectsOf({ workload: { options } }: Session, way: SnapshotWay) {
  const named = { namespace: options.namespace, name };
  const canary = canaryDeployment(options, name).body.spec as { template: { spec: Record<string, unknown> } };
  const labels = { "app.kubernetes.io/managed-by": "kubedrill", app: name };
  return {
    claim: claimManifest(named, way.storageClass),
    claimAgain: claimManifest(named, way.storageClass, name),
    snapshot: volumeSnapshotManifest(named, { claim: name, snapshotClass: way.snapshotClass }),
    deployment: mountingDeployment({ ...named, labels, claim: name }, canary.template.spec),
  };
}

async function content(session: Session): Promise<string[]> {
  return (await runInPod(session, name, readAll)).split("\n");
}

/** Something that nobody can guess, flushed where the image has a tool for it. */
async function write(session: Session, file: string): Promise<void> {
  const content = randomBytes(16).toString("hex");
  await runInPod(session, name, `echo ${content} > /data/${file} && { sync 2>/dev/null || true; }`);
}

/** @returns whether it can be used; without it nothing may be destroyed */
async function snapshot(session: Session, drill: string, manifest: Manifest): Promise<boolean> {
  const { world, recorder, progress } = session;
  const start = recorder.now();
  await apply(world.kube.main, manifest);
  const action = { name: snapshotting.taken, title: "the snapshot can be used", start, intervalMs: 250 };
  const ready = await doAction(session, drill, action, () => snapshotReady(world.kube.main, manifest));
  if (!ready) progress.line("not going on: without a snapshot nothing is destroyed");
  return ready;
}

/** Until the driver has taken the volume away: with it go its data. */
async function destroy({ world, workload, signal }: Session, manifests: readonly Manifest[]): Promise<void> {
  const { main } = world.kube;
  for (const each of manifests) await remove(main, each);
  const claims = { namespace: workload.options.namespace, name };
  await until(async () => (await volumesLeft(main, claims, "volumes")).length === 0, {
    what: "the volume to be gone",
    timeoutMs: goneLimitMs,
    intervalMs: 500,
    signal,
  });
}

/** @returns names of volumes and snapshots that stay although nobody claims them any more */
async function takeAway(
  { world, workload, signal }: Session,
  manifests: readonly Manifest[],
): Promise<string[]> {
  const { main } = world.kube;
  const claims = { namespace: workload.options.namespace, name };
  for (const each of manifests.toReversed()) await remove(main, each);
  const left = async () => [
    ...(await volumesLeft(main, claims, "volumes")),
    ...(await volumesLeft(main, claims, "snapshots")),
  ];
  await until(async () => (await left()).length === 0, {
    what: "volumes and snapshots of the drill to be gone",
    timeoutMs: goneLimitMs,
    intervalMs: 500,
    signal,
  }).catch(() => undefined);
  return left();
}
