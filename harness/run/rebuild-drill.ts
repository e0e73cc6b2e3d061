// The body of the drill of a quorum that is lost for good: all control planes but one lose their power, the one that is
// left becomes a cluster of its own with its own data, and whoever comes back joins that one. Then it is restored once more,
// as any cluster can.
import { lostForGood, type Rejoin } from "../faults/index.ts";
import { ownersOf, proveRestored, type Proof } from "../recovery/restore/prove.ts";
import {
  leaderless,
  rejoinOf,
  survivorInput,
  type SurvivorInput,
} from "../recovery/restore/survivor-input.ts";
import { survivorPlan } from "../recovery/restore/survivor.ts";
import { withDrillSnapshots } from "./drill-snapshots.ts";
import { accountForWrites, endWatcher, waitForCanaries } from "./restore-account.ts";
import { restorable, restoreAgain, usualStrategy } from "./restore-drill.ts";
import { recordProof } from "./restore-record.ts";
import { carryOutInDrill, restoreId } from "./restore.ts";
import type { Session } from "./session.ts";
import { settle } from "./settle.ts";
import { withCanaries } from "./with-canaries.ts";
import { withFault } from "./with-fault.ts";

/** Name of the rebuild; its marks and facts are those of `restoreNow`. */
const rebuild = "rebuild";
/** Facts of all members, once those that were lost have joined; see `recordProof`. Mark: "joined.settled". */
const joined = "joined";

/** What predictions need to know of the body. */
export const rebuildable = { ...restorable, rebuild, joined };

/** Election time-outs of a member that has lost its peers are seconds. */
const leaderlessMs = 60_000;

/** @param lost control planes that lose their power; one is left */
export async function rebuildInDrill(
  session: Session,
  drill: string,
  lost: readonly string[],
): Promise<void> {
  const { world } = session;
  const survivor = await survivorInput(world, { id: restoreId(rebuild), lost });
  const rejoin: Rejoin = rejoinOf(survivor);
  const everywhere = [...survivor.input.places, ...survivor.input.lost];
  const owners = await ownersOf(world, everywhere);
  await withCanaries(session, drill, "planting what must still be there", async (watcher) => {
    const came = { rebuilt: false };
    await withFault(session, drill, "outage", lostForGood(lost, rejoin), async (outage) => {
      const { revision } = await lastKnown(session, drill, survivor);
      came.rebuilt = await rebuildNow(session, drill, survivor);
      if (!came.rebuilt) return;
      // The API serves on the survivor before the VIP leads there, by which writes are looked for.
      await outage.settle();
      await waitForCanaries(session, drill, `${rebuild}.started`);
      await accountForWrites(session, drill, { revision, name: rebuild });
    });
    const proof = await proveRestored(world, everywhere, owners);
    recordJoined(session, drill, proof);
    await endWatcher(session, drill, watcher);
    await settle(session, drill, `${joined}.settled`);
    session.recorder.record({ type: "mark", drill, name: `${joined}.settled` });
    // What is not whole is not taken apart once more.
    if (came.rebuilt && proof.wrong.length === 0 && session.unhealed.length === 0)
      await withDrillSnapshots(session, () => restoreAgain(session, drill, usualStrategy));
  });
}

/** Action "joined", from the healing on. */
function recordJoined({ recorder, progress }: Session, drill: string, proof: Proof): void {
  const start = recorder.store.mark(drill, "outage.heal")?.t;
  // Not healed: that is told already, and the action is missing.
  const t = recorder.store.mark(drill, "outage.healed")?.t;
  const title = "machines that were lost are members again";
  if (start !== undefined && t !== undefined)
    recorder.record({ type: "action", drill, name: joined, title, start, t, ok: true });
  recordProof(recorder, drill, joined, proof);
  const { views, wrong } = proof;
  progress.line(
    wrong.length > 0
      ? `NOT: ${title}: ${wrong.join("; ")}`
      : `${title}: ${views.map((each) => each.machine).join(", ")}, hash ${views[0]?.hash ?? "none"} on each`,
  );
}

/** What the survivor's data ends at, as soon as nobody can add to it. */
async function lastKnown(
  { world, progress, recorder, signal }: Session,
  drill: string,
  survivor: SurvivorInput,
): Promise<{ revision: number }> {
  const { revision } = await leaderless(world, survivor, { timeoutMs: leaderlessMs, signal });
  recorder.record({ type: "fact", drill, name: `${rebuild}.revision`, value: revision });
  progress.line(
    `no leader is left; the survivor's data ends at revision ${String(revision)}: rebuilding from it`,
  );
  return { revision };
}

async function rebuildNow(session: Session, drill: string, survivor: SurvivorInput): Promise<boolean> {
  const { input } = survivor;
  const title = "rebuild of etcd from the member that is left";
  return carryOutInDrill(session, drill, { name: rebuild, title, input, procedure: survivorPlan(input) });
}
