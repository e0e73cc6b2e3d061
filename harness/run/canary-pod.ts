// A pod with data is deleted together with its claim and its volume, and comes back from a dump of what was declared, bound
// to the same data again: the simplest restore there is, without any snapshot.
import { randomBytes } from "node:crypto";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { restoreObjects } from "../recovery/objects/restore-objects.ts";
import { pathOf, remove } from "../workloads/apply.ts";
import { extraManifests } from "../workloads/extra-manifests.ts";
import { volumePath } from "../workloads/volume-manifests.ts";
import type { VolumeApp } from "../workloads/extras.ts";
import type { MadeExtra } from "../workloads/make-extras.ts";
import type { Manifest } from "../workloads/manifests.ts";
import { withDump } from "./drill-dump.ts";
import type { Session } from "./session.ts";
import { telling } from "./telling.ts";
import { isReady, runInPod } from "./run-in-pod.ts";
import { doAction } from "./wait-for-action.ts";

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
const readCanary = "cat /data/canary";

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
  const { fact, mark } = telling(session, drill);
  const content = randomBytes(16).toString("hex");
  await machine.shell.run(`printf %s ${content} > ${volumePath(app, options)}/canary`, {
    timeoutMs: 10_000,
    signal,
  });
  fact(keeping.before, await runInPod(session, app.name, readCanary));
  progress.line("dumping what is declared");
  await withDump(world, { secrets: { kind: "omit" } }, async (dumped) => {
    const objects = dumped.filter(({ kind, metadata }) =>
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
    fact(
      keeping.after,
      await runInPod(session, app.name, readCanary).catch((error: unknown) => messageOf(error)),
    );
    const again = await restoreObjects(world.kube.main, objects, { ...order, dryRun: true });
    fact(keeping.same, again.same);
  });
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
  const action = { name: keeping.back, title: "the pod is Ready again", start, intervalMs: 250 };
  await doAction(session, drill, action, () => isReady(session, app.name));
}
