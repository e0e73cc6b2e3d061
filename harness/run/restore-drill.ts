// The body of every drill of a restore: canaries on both sides of a snapshot, a client that watches, the restore itself,
// what it has cost, and then all of it once more, because the first restore must not be the last.
import { disturbCanaries } from "../workloads/canaries.ts";
import { takeSnapshot, withDrillSnapshots } from "./drill-snapshots.ts";
import { accountForWrites, declaredCanaries, endWatcher, waitForCanaries } from "./restore-account.ts";
import { committed, restoreNow } from "./restore.ts";
import type { Session } from "./session.ts";
import { settle } from "./settle.ts";
import { withCanaries } from "./with-canaries.ts";

/** Name of the second restore in a row. */
const again = "again";

/** By which a whole cluster is restored once more, however it was made again before. */
export const usualStrategy = "stacked-swap";

/** What predictions need to know of the body. */
export const restorable = { canaries: declaredCanaries(), committed, again: [again] };

/** Restores: "outage" and "again"; see `restoreNow` for their marks, facts and actions. */
export async function restoreInDrill(session: Session, drill: string, strategy: string): Promise<void> {
  const { world, workload, signal, progress } = session;
  const planting = "planting what must come back as it is now";
  await withDrillSnapshots(session, () =>
    withCanaries(session, drill, planting, async (watcher) => {
      const snapshot = await takeSnapshot(session, drill, "outage");
      progress.line("changing it, deleting it, making more");
      await disturbCanaries(world, workload.options, signal);
      const restored = await restoreNow(session, drill, { name: "outage", strategy, snapshot });
      await settle(session, drill, "outage.heal");
      if (restored) {
        await waitForCanaries(session, drill, "outage.started");
        await accountForWrites(session, drill, {
          revision: snapshot.sidecar.etcd.revision,
          name: "outage",
        });
      }
      await endWatcher(session, drill, watcher);
      // The looking is load; what it delayed must not be what is seen last.
      await settle(session, drill, "outage.heal");
      mark(session, drill, "outage.heal");
      if (restored) await restoreAgain(session, drill, strategy);
    }),
  );
}

/** A second snapshot, and a second restore, by the name "again". */
export async function restoreAgain(session: Session, drill: string, strategy: string): Promise<void> {
  session.progress.line("a second snapshot, and a second restore in a row");
  const snapshot = await takeSnapshot(session, drill, again);
  await restoreNow(session, drill, { name: again, strategy, snapshot });
  await settle(session, drill, `${again}.heal`);
  mark(session, drill, `${again}.heal`);
}

function mark({ recorder }: Session, drill: string, name: string): void {
  recorder.record({ type: "mark", drill, name });
}
