// What was declared in one cluster is made in another, from a dump alone: object by object, until its workloads are Ready.
import { inconclusiveError } from "../base/errors.ts";
import { checkIdentity } from "../lab/discover.ts";
import { readLabFile } from "../lab/lab-file.ts";
import { openWorld } from "../lab/open-world.ts";
import { readClusterUid } from "../lab/read-topology.ts";
import type { World } from "../lab/world.ts";
import { oddOf, restoreObjects } from "../recovery/objects/restore-objects.ts";
import { Ledger } from "../safety/ledger.ts";
import { acquireRunLock } from "../safety/lock.ts";
import { namespaceEntry } from "../safety/undo.ts";
import { plantSettings, settingsObjects } from "../workloads/settings.ts";
import { withDump } from "./drill-dump.ts";
import { refuseTaken } from "./own-namespace.ts";
import { putBack } from "./put-back.ts";
import type { Session } from "./session.ts";
import { telling } from "./telling.ts";
import { doAction } from "./wait-for-action.ts";

/** Names of facts and of the action that expectations are about. */
export const moving = {
  dumped: "new-cluster.dumped",
  made: "new-cluster.made",
  odd: "new-cluster.odd",
  ready: "new-cluster.ready",
  planted: settingsObjects,
} as const;

/**
 * Facts: how many objects the dump has, how many of them the other cluster has word for word, and those that it has not,
 * or otherwise. Action: until every Deployment is Ready there.
 * @throws KubedrillError (inconclusive) when the other lab is the same cluster, in use, or has a namespace of that name
 */
export async function newClusterInDrill(session: Session, drill: string): Promise<void> {
  const { world, plan, runId, progress } = session;
  if (plan.into === null) throw inconclusiveError("No other lab is named.");
  const file = await readLabFile(plan.into);
  if (file.name === world.file.name) throw sameCluster(file.name, world.file.name);
  const lock = await acquireRunLock(file.name, `${drill} of ${world.file.name}`);
  try {
    const other = await openWorld(file);
    try {
      await refuseSame(world, other);
      const { namespace } = session.workload.options;
      await refuseTaken(other, namespace);
      const ledger = new Ledger(file.name);
      const entry = namespaceEntry({ id: `${runId}/${drill}/namespace`, runId, namespace });
      ledger.open(entry);
      try {
        await move(session, drill, other);
      } finally {
        progress.line(`removing it from ${file.name}`);
        await putBack({ ...session, world: other, ledger }, entry);
      }
    } finally {
      await other.close();
    }
  } finally {
    lock.release();
  }
}

async function refuseSame(world: World, other: World): Promise<void> {
  await checkIdentity(other);
  const [one, another] = await Promise.all([readClusterUid(world), readClusterUid(other)]);
  if (one === another) throw sameCluster(other.file.name, world.file.name);
}

function sameCluster(other: string, name: string) {
  return inconclusiveError(`${other} is the same cluster as ${name}; name another one.`);
}

async function move(session: Session, drill: string, other: World): Promise<void> {
  const { world, workload, recorder, progress, signal } = session;
  const { namespace } = workload.options;
  const { fact, mark } = telling(session, drill);
  await plantSettings(world, workload.options);
  progress.line("dumping what is declared");
  await withDump(world, { secrets: { kind: "plain" }, namespaces: [namespace] }, async (objects) => {
    fact(moving.dumped, objects.length);
    progress.line(`making ${String(objects.length)} objects in ${other.file.name}`);
    mark("inject");
    const start = recorder.now();
    const order = { force: false, dryRun: false, onProgress: () => undefined };
    const made = await restoreObjects(other.kube.main, objects, order);
    for (const { object, why } of made.failed) progress.line(`NOT made: ${object}: ${why}`);
    await waitForWorkloads(session, drill, other, start);
    signal.throwIfAborted();
    const compared = await restoreObjects(other.kube.main, objects, { ...order, dryRun: true });
    const odd = oddOf(compared);
    fact(moving.made, compared.same);
    fact(moving.odd, odd);
    progress.line(
      `${String(compared.same)} of ${String(objects.length)} objects are as in the dump${odd.length === 0 ? "" : `; not so: ${odd.join(", ")}`}`,
    );
    mark("heal");
  });
}

/** Action `moving.ready`, from the first object on. */
async function waitForWorkloads(
  session: Session,
  drill: string,
  { kube, file }: World,
  start: number,
): Promise<void> {
  const { namespace } = session.workload.options;
  const title = `every Deployment is Ready in ${file.name}`;
  await doAction(session, drill, { name: moving.ready, title, start, intervalMs: 250 }, async () => {
    const { items } = await kube.main.apps.listNamespacedDeployment({ namespace });
    return (
      items.length > 0 &&
      items.every(({ spec, status }) => (status?.readyReplicas ?? 0) === (spec?.replicas ?? 1))
    );
  });
}
