// What was declared in one cluster is made in another, from a dump alone: object by object, until its workloads are Ready.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { inconclusiveError } from "../base/errors.ts";
import { stateDir } from "../base/paths.ts";
import { checkIdentity } from "../lab/discover.ts";
import { readLabFile } from "../lab/lab-file.ts";
import { openWorld } from "../lab/open-world.ts";
import { readClusterUid } from "../lab/read-topology.ts";
import type { World } from "../lab/world.ts";
import { dumpObjects } from "../recovery/objects/dump.ts";
import { readDump } from "../recovery/objects/dump-files.ts";
import { restoreObjects } from "../recovery/objects/restore-objects.ts";
import { undoEntry } from "../safety/heal.ts";
import { Ledger } from "../safety/ledger.ts";
import { acquireRunLock } from "../safety/lock.ts";
import { namespaceEntry } from "../safety/undo.ts";
import { plantSettings, settingsObjects } from "../workloads/settings.ts";
import type { FactEvent } from "../timeline/events.ts";
import type { Session } from "./session.ts";
import { waitForAction } from "./wait-for-action.ts";

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
        await undoEntry(other, ledger, entry);
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

/** Whatever is there is somebody's. */
async function refuseTaken({ kube, file }: World, namespace: string): Promise<void> {
  const found = await kube.main.raw("GET", `/api/v1/namespaces/${namespace}`, {
    timeoutMs: 10_000,
    okStatus: [404],
  });
  if (found !== undefined)
    throw inconclusiveError(`${file.name} has a namespace ${namespace} already.`, {
      hint: `kubedrill heal takes away what an earlier run has left there`,
    });
}

async function move(session: Session, drill: string, other: World): Promise<void> {
  const { world, workload, recorder, progress, signal } = session;
  const { namespace } = workload.options;
  const fact = (name: string, value: FactEvent["value"]) => {
    recorder.record({ type: "fact", drill, name, value });
  };
  const mark = (name: string) => {
    recorder.record({ type: "mark", drill, name: `outage.${name}` });
  };
  const folder = join(stateDir(), "drill-dumps", world.file.name);
  await rm(folder, { recursive: true, force: true });
  try {
    await plantSettings(world, workload.options);
    progress.line("dumping what is declared");
    // With Secrets: they are gone with the folder, which nobody else can read.
    await dumpObjects(world, {
      out: folder,
      secrets: { kind: "plain" },
      namespaces: [namespace],
      onProgress: () => undefined,
    });
    const { objects } = await readDump(folder, []);
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
    const odd = [...compared.different, ...compared.created, ...compared.failed.map(({ object }) => object)];
    fact(moving.made, compared.same);
    fact(moving.odd, odd);
    progress.line(
      `${String(compared.same)} of ${String(objects.length)} objects are as in the dump${odd.length === 0 ? "" : `; not so: ${odd.join(", ")}`}`,
    );
    mark("heal");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Action `moving.ready`, from the first object on. */
async function waitForWorkloads(
  session: Session,
  drill: string,
  { kube, file }: World,
  start: number,
): Promise<void> {
  const { recorder, workload, progress } = session;
  const { namespace } = workload.options;
  const name = moving.ready;
  const title = `every Deployment is Ready in ${file.name}`;
  const action = { name, title, start, intervalMs: 250 };
  const outcome = await waitForAction(session, drill, action, async () => {
    const { items } = await kube.main.apps.listNamespacedDeployment({ namespace });
    return (
      items.length > 0 &&
      items.every(({ spec, status }) => (status?.readyReplicas ?? 0) === (spec?.replicas ?? 1))
    );
  });
  recorder.record({ type: "action", drill, name, title, start, ...outcome });
  progress.line(outcome.ok ? title : `NOT: ${title}`);
}
