// Canaries and a client that watches them, around the body of a drill that restores.
import { startWatcher, type Watcher } from "../recovery/restore/watcher.ts";
import { apiObjectEntry } from "../safety/api-object.ts";
import {
  canarySelector,
  definitionByHand,
  definitionPath,
  plantCanaries,
  removeCanaries,
} from "../workloads/canaries.ts";
import { leaveNothing } from "./leave-nothing.ts";
import { putBack } from "./put-back.ts";
import type { Session } from "./session.ts";

/** Their definition is in the ledger first; whatever the body does, the next drill starts without them. @param why told */
export async function withCanaries(
  session: Session,
  drill: string,
  why: string,
  body: (watcher: Watcher) => Promise<void>,
): Promise<void> {
  const { world, workload, signal, ledger, runId, progress } = session;
  const id = `${runId}/${drill}/canaries`;
  const entry = apiObjectEntry({ id, runId, drill }, definitionPath, definitionByHand);
  ledger.open(entry);
  try {
    progress.line(why);
    await plantCanaries(world, workload.options, signal);
    const watcher = await startWatcher({
      access: world.kube,
      path: `/api/v1/namespaces/${workload.options.namespace}/configmaps`,
      labelSelector: canarySelector,
    });
    await body(watcher);
  } finally {
    await leaveNothing(session, () => removeCanaries(world, workload.options));
    await putBack(session, entry);
  }
}
