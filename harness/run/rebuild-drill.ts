// The body of the drill of a quorum that is lost for good: all control planes but one lose their power, the one that is
// left becomes a cluster of its own with its own data, and whoever comes back joins that one.
import { lostForGood, type Rejoin } from "../faults/index.ts";
import type { Fault } from "../faults/fault.ts";
import { ownersOf, proveRestored, type Proof } from "../recovery/restore/prove.ts";
import {
  leaderless,
  rejoinOf,
  survivorInput,
  type SurvivorInput,
} from "../recovery/restore/survivor-input.ts";
import { survivorPlan } from "../recovery/restore/survivor.ts";
import type { Outage } from "./experiment.ts";
import { accountForWrites, declaredCanaries, endWatcher, waitForCanaries } from "./restore-account.ts";
import { carryOutInDrill, committed, recordProof, restoreId } from "./restore.ts";
import type { Session } from "./session.ts";
import { withCanaries } from "./with-canaries.ts";

/** Name of the rebuild; its marks and facts are those of `restoreNow`. */
const rebuild = "rebuild";
/** Facts of all members, once those that were lost have joined; see `recordProof`. */
const joined = "joined";

/** What predictions need to know of the body. */
export const rebuildable = { canaries: declaredCanaries(), committed, rebuild, joined };

/** Election time-outs of a member that has lost its peers are seconds. */
const leaderlessMs = 60_000;

/** How the experiment injects and heals. */
type During = (name: string, fault: Fault, body: (outage: Outage) => Promise<void>) => Promise<void>;

/** @param lost control planes that lose their power; one is left */
export async function rebuildInDrill(
  session: Session,
  drill: string,
  lost: readonly string[],
  during: During,
): Promise<void> {
  const { world } = session;
  const survivor = await survivorInput(world, { id: restoreId(rebuild), lost });
  const rejoin: Rejoin = rejoinOf(survivor);
  const everywhere = [...survivor.input.places, ...survivor.input.lost];
  const owners = await ownersOf(world, everywhere);
  await withCanaries(session, drill, "planting what must still be there", async (watcher) => {
    await during("outage", lostForGood(lost, rejoin), async (outage) => {
      if (!(await rebuildNow(session, drill, survivor))) return;
      await outage.settle();
      await waitForCanaries(session, drill, `${rebuild}.started`);
    });
    const proof = await proveRestored(world, everywhere, owners);
    recordJoined(session, drill, proof);
    await endWatcher(session, drill, watcher);
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

async function rebuildNow(session: Session, drill: string, survivor: SurvivorInput): Promise<boolean> {
  const { world, progress, recorder, signal } = session;
  const { revision } = await leaderless(world, survivor, { timeoutMs: leaderlessMs, signal });
  recorder.record({ type: "fact", drill, name: `${rebuild}.revision`, value: revision });
  progress.line(
    `no leader is left; the survivor's data ends at revision ${String(revision)}: rebuilding from it`,
  );
  const { input } = survivor;
  const title = "rebuild of etcd from the member that is left";
  const procedure = survivorPlan(input);
  if (!(await carryOutInDrill(session, drill, { name: rebuild, title, input, procedure }))) return false;
  await accountForWrites(session, drill, { revision, stoppedBy: "outage.injected" });
  return true;
}
