// A namespace is backed up by Velero, deleted with all that is in it, and restored: compared object by object.
import { until } from "../base/until.ts";
import type { VeleroPlace } from "../lab/facts.ts";
import type { Declared } from "../recovery/objects/declared.ts";
import { oddOf, restoreObjects } from "../recovery/objects/restore-objects.ts";
import { namespaceEntry } from "../safety/undo.ts";
import { apply } from "../workloads/apply.ts";
import { canaryDeployment, managed } from "../workloads/manifests.ts";
import { plantSettings, settingsObjects } from "../workloads/settings.ts";
import { withDump } from "./drill-dump.ts";
import { refuseTaken } from "./own-namespace.ts";
import { putBack } from "./put-back.ts";
import { isReady } from "./run-in-pod.ts";
import type { Session } from "./session.ts";
import { telling } from "./telling.ts";
import { completed, forgetBackup, veleroBackup, veleroRestore } from "./velero-objects.ts";
import { doAction } from "./wait-for-action.ts";

/** What predictions need to know of the body: names of its actions and facts, and what it plants. */
export const backingUp = {
  taken: "velero-backup",
  restored: "velero-restore",
  ready: "velero-ready",
  dumped: "velero.dumped",
  same: "velero.same",
  odd: "velero.odd",
  left: "velero.left",
  planted: ["Namespace", "Deployment", ...settingsObjects],
} as const;

const namespace = "kubedrill-velero";
const app = "kept";
const readyLimitMs = 120_000;
const goneLimitMs = 120_000;
const requestLimitMs = 10_000;

/**
 * Marks: "outage.inject" when the deletion begins, ".injected" when all is gone, ".heal" when its pod is Ready again.
 * @throws KubedrillError (inconclusive) when the namespace is there already, does not come, or does not go
 */
export async function veleroInDrill(session: Session, drill: string, place: VeleroPlace): Promise<void> {
  const { world, ledger, runId } = session;
  await refuseTaken(world, namespace);
  const entry = namespaceEntry({ id: `${runId}/${drill}/namespace`, runId, namespace });
  ledger.open(entry);
  try {
    await plant(session);
    await withDump(world, { secrets: { kind: "plain" }, namespaces: [namespace] }, (objects) =>
      lose(session, drill, place, objects),
    );
  } finally {
    await putBack(session, entry);
  }
}

async function plant(session: Session): Promise<void> {
  const { world, workload, progress, signal } = session;
  const { main } = world.kube;
  progress.line(`making a namespace ${namespace} to lose`);
  await apply(main, {
    collection: "/api/v1/namespaces",
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: managed } },
  });
  await plantSettings(world, { namespace });
  await apply(main, canaryDeployment({ ...workload.options, namespace }, app));
  await until(() => isReady(session, app, namespace), {
    what: `the pod of ${namespace}/${app} to be Ready`,
    timeoutMs: readyLimitMs,
    intervalMs: 500,
    signal,
  });
}

async function lose(session: Session, drill: string, place: VeleroPlace, objects: Declared[]): Promise<void> {
  const { world, recorder, progress, runId } = session;
  const { main } = world.kube;
  const name = `kubedrill-${runId}`.toLowerCase();
  const backup = veleroBackup(place, { name, included: namespace });
  const restore = veleroRestore(place, { name });
  const { fact, mark } = telling(session, drill);
  fact(backingUp.dumped, objects.length);
  try {
    let start = recorder.now();
    await apply(main, backup);
    const taking = { name: backingUp.taken, title: "the backup is complete", start, intervalMs: 250 };
    if (!(await doAction(session, drill, taking, () => completed(main, backup)))) {
      progress.line("not going on: without a backup nothing is deleted");
      return;
    }
    progress.line(`deleting the namespace ${namespace}`);
    mark("inject");
    await deleteNamespace(session);
    mark("injected");

    progress.line("restoring it");
    start = recorder.now();
    await apply(main, restore);
    const restoring = { name: backingUp.restored, title: "the restore is complete", start, intervalMs: 250 };
    await doAction(session, drill, restoring, () => completed(main, restore));
    const ready = { name: backingUp.ready, title: "its pod is Ready again", start, intervalMs: 250 };
    await doAction(session, drill, ready, () => isReady(session, app, namespace));
    mark("heal");
    // Velero says on each object where it comes from.
    const order = { force: false, dryRun: true, besides: "velero.io/", onProgress: () => undefined };
    const compared = await restoreObjects(main, objects, order);
    const odd = oddOf(compared);
    fact(backingUp.same, compared.same);
    fact(backingUp.odd, odd.length === 0 ? "none" : odd.join(", "));
  } finally {
    progress.line("having Velero forget the backup");
    fact(backingUp.left, await forgetBackup(session, place, name));
  }
}

async function deleteNamespace({ world, signal }: Session): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  const { main } = world.kube;
  await main.raw("DELETE", path, { timeoutMs: requestLimitMs });
  await until(
    async () => (await main.raw("GET", path, { timeoutMs: requestLimitMs, okStatus: [404] })) === undefined,
    { what: `the namespace ${namespace} to be gone`, timeoutMs: goneLimitMs, intervalMs: 500, signal },
  );
}
