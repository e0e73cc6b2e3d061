// The body of every drill of a restore: canaries on both sides of a snapshot, a client that watches, the restore itself,
// what it has cost, and then all of it once more, because the first restore must not be the last.
import { startWatcher } from "../recovery/restore/watcher.ts";
import { apiObjectEntry } from "../safety/api-object.ts";
import { undoEntry } from "../safety/heal.ts";
import {
  canarySelector,
  definitionByHand,
  definitionPath,
  disturbCanaries,
  plantCanaries,
  removeCanaries,
} from "../workloads/canaries.ts";
import { accountForWrites, declaredCanaries, endWatcher, waitForCanaries } from "./restore-account.ts";
import { leaveNothing } from "./leave-nothing.ts";
import { committed, forgetSnapshots, restoreNow, takeSnapshot } from "./restore.ts";
import type { Session } from "./session.ts";
import { settle } from "./settle.ts";

/** Name of the second restore in a row. */
const again = "again";

/** What predictions need to know of the body. */
export const restorable = { canaries: declaredCanaries(), committed, again: [again] };

/** Restores: "outage" and "again"; see `restoreNow` for their marks, facts and actions. */
export async function restoreInDrill(session: Session, drill: string, strategy: string): Promise<void> {
  const { world, workload, signal, ledger, runId, progress } = session;
  const entry = apiObjectEntry(
    { id: `${runId}/${drill}/canaries`, runId, drill },
    definitionPath,
    definitionByHand,
  );
  const { namespace } = workload.options;
  await forgetSnapshots(session);
  ledger.open(entry);
  try {
    progress.line("planting what must come back as it is now");
    await plantCanaries(world, workload.options, signal);
    const watcher = await startWatcher({
      access: world.kube,
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      labelSelector: canarySelector,
    });
    const snapshot = await takeSnapshot(session, drill, "outage");
    progress.line("changing it, deleting it, making more");
    await disturbCanaries(world, workload.options, signal);
    const restored = await restoreNow(session, drill, { name: "outage", strategy, snapshot });
    await settle(session, drill, "outage.heal");
    if (restored) {
      await waitForCanaries(session, drill, "outage.started");
      await accountForWrites(session, drill, {
        revision: snapshot.sidecar.etcd.revision,
        stoppedBy: "outage.inject",
      });
    }
    await endWatcher(session, drill, watcher);
    mark(session, drill, "outage.heal");
    if (restored) await onceMore(session, drill, strategy);
  } finally {
    await forgetSnapshots(session);
    // The next drill starts without them.
    await leaveNothing(session, () => removeCanaries(world, workload.options));
    await undoEntry(world, ledger, entry);
  }
}

async function onceMore(session: Session, drill: string, strategy: string): Promise<void> {
  session.progress.line("a second snapshot, and a second restore in a row");
  const snapshot = await takeSnapshot(session, drill, again);
  await restoreNow(session, drill, { name: again, strategy, snapshot });
  await settle(session, drill, `${again}.heal`);
  mark(session, drill, `${again}.heal`);
}

function mark({ recorder }: Session, drill: string, name: string): void {
  recorder.record({ type: "mark", drill, name });
}
