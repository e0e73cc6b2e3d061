// The snapshots that a drill takes: they hold the cluster's secrets, so they are gone when it is over.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stateDir } from "../base/paths.ts";
import { saveSnapshot } from "../recovery/snapshot/save.ts";
import type { StoredSnapshot } from "../recovery/snapshot/sidecar.ts";
import type { Session } from "./session.ts";

/** Snapshots are there only while the body runs; and longer when something is not healed, which may need them. */
export async function withDrillSnapshots(session: Session, body: () => Promise<void>): Promise<void> {
  await forgetSnapshots(session);
  try {
    await body();
  } finally {
    if (session.unhealed.length === 0) await forgetSnapshots(session);
  }
}

/** A snapshot for this drill; its revision and moment are facts "<name>.revision" and the mark "<name>.taken". */
export async function takeSnapshot(session: Session, drill: string, name: string): Promise<StoredSnapshot> {
  const { world, ledger, progress, recorder, signal } = session;
  const store = drillStore(session);
  const onProgress = (line: string) => {
    progress.line(line);
  };
  const snapshot = await saveSnapshot(world, ledger, { store, onProgress, signal });
  recorder.record({ type: "mark", drill, name: `${name}.taken` });
  const { revision, totalKeys, sizeBytes } = snapshot.sidecar.etcd;
  recorder.record({ type: "fact", drill, name: `${name}.revision`, value: revision });
  progress.line(
    `snapshot at revision ${String(revision)}: ${String(totalKeys)} keys, ${(sizeBytes / 2 ** 20).toFixed(1)} MiB`,
  );
  return snapshot;
}

export async function forgetSnapshots(session: Pick<Session, "world">): Promise<void> {
  await rm(drillStore(session), { recursive: true, force: true });
}

/** At most those of one drill are there. */
function drillStore({ world }: Pick<Session, "world">): string {
  return join(stateDir(), "drill-snapshots", world.file.name);
}
