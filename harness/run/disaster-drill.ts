// The body of the drill of a disaster: every control plane is gone with its disk, other machines stand in their places, and
// what was kept with a snapshot makes the same cluster of them. Then it is restored once more, as any cluster can be.
import { renewMachines } from "../machines/renew.ts";
import type { World } from "../lab/world.ts";
import { askMember, withEtcdTools } from "../recovery/etcd-tools.ts";
import { bareInput, bareState, inputOfSnapshot } from "../recovery/restore/bare-input.ts";
import { bareMachinesPlan, bareMachinesTitle } from "../recovery/restore/bare-machines.ts";
import type { Procedure } from "../recovery/restore/procedure.ts";
import type { StoredSnapshot } from "../recovery/snapshot/sidecar.ts";
import { diskLossEntry, statesOf, type DiskLoss } from "../safety/disk-loss.ts";
import type { LedgerEntry } from "../safety/mutation.ts";
import { inconclusiveError } from "../base/errors.ts";
import { sha256OfFile } from "../base/sha256.ts";
import type { FaultState } from "../timeline/events.ts";
import { disturbCanaries } from "../workloads/canaries.ts";
import { takeSnapshot, withDrillSnapshots } from "./drill-snapshots.ts";
import { putBack } from "./put-back.ts";
import { accountForWrites, endWatcher, waitForCanaries } from "./restore-account.ts";
import { restorable, restoreAgain, usualStrategy } from "./restore-drill.ts";
import { carryOutInDrill, restoreId } from "./restore.ts";
import type { Session } from "./session.ts";
import { settle } from "./settle.ts";
import { withCanaries } from "./with-canaries.ts";

/** Name of the restore that makes the cluster again; its marks and facts are those of `restoreNow`. */
const rebuild = "rebuild";

/** What predictions need to know of the body. */
export const losable = { ...restorable, rebuild };

/**
 * The fault is "outage", the restore after all is well again "again".
 * @param lost every control plane
 */
export async function disasterInDrill(
  session: Session,
  drill: string,
  lost: readonly string[],
): Promise<void> {
  const { world, workload, signal, progress, recorder } = session;
  const planting = "planting what must come back as it is now";
  await withDrillSnapshots(session, () =>
    withCanaries(session, drill, planting, async (watcher) => {
      const snapshot = await takeSnapshot(session, drill, rebuild);
      recorder.record({ type: "fact", drill, name: `${rebuild}.source`, value: "the snapshot" });
      progress.line("changing it, deleting it, making more");
      await disturbCanaries(world, workload.options, signal);
      const restored = await loseAndRestore(session, drill, lost, snapshot);
      await endWatcher(session, drill, watcher);
      if (restored) await restoreAgain(session, drill, usualStrategy);
    }),
  );
}

/** @returns whether the restored data is what counts now, and was proven */
async function loseAndRestore(
  session: Session,
  drill: string,
  lost: readonly string[],
  snapshot: StoredSnapshot,
): Promise<boolean> {
  const { world, ledger, runId, topology, recorder, signal, progress } = session;
  const id = restoreId(rebuild);
  const planned = await inputOfSnapshot(world, { snapshot, id });
  const loss = await lossOf(world, lost, bareMachinesPlan(planned));
  const entry = diskLossEntry(world, { id: `${runId}/${drill}/outage`, runId, drill }, loss);
  const state = sayingState(session, drill, entry, lost);
  const mark = (name: string) => {
    recorder.record({ type: "mark", drill, name: `outage.${name}` });
  };
  state("ready");
  ledger.open(entry);
  try {
    progress.line(`fault: ${titleOf(lost)}`);
    state("injecting");
    mark("inject");
    await renewMachines(world, lost, signal);
    state("active");
    mark("injected");
    await confirmBare(world, loss, signal);
    const seen = `${lost.join(", ")} are other machines, with nothing of a control plane on them`;
    state("confirmed", seen);
    progress.line(`confirmed: ${seen}`);
    mark("confirmed");
    const input = await bareInput(world, { snapshot, id, clusterUid: topology.clusterUid });
    const procedure = bareMachinesPlan(input);
    const title = `restore: ${bareMachinesTitle}`;
    const restored = await carryOutInDrill(session, drill, {
      name: rebuild,
      title,
      input,
      procedure,
      goesBackTo: "machines with nothing on them",
    });
    // Nothing comes back by itself then.
    if (!restored) return false;
    await settle(session, drill, "outage.heal");
    await waitForCanaries(session, drill, `${rebuild}.started`);
    await accountForWrites(session, drill, {
      revision: snapshot.sidecar.etcd.revision,
      name: rebuild,
    });
    // The looking is load; what it delayed must not be what is seen last.
    await settle(session, drill, "outage.heal");
    return true;
  } finally {
    mark("heal");
    await heal(session, entry, state);
    mark("healed");
  }
}

async function lossOf(
  world: World,
  machines: readonly string[],
  { stages, wayBack }: Procedure,
): Promise<DiskLoss> {
  const written = stages.map(async ({ title, limitMs, commands }) => ({
    title,
    limitMs,
    commands: await Promise.all(
      commands.map(async (each) =>
        "send" in each
          ? { ...each, sha256: await sha256OfFile(each.send) }
          : { machine: each.machine, run: withEtcdTools(world.file, "/var/lib", each.run) },
      ),
    ),
  }));
  return {
    machines: [...machines],
    state: bareState,
    stages: await Promise.all(written),
    wayBack,
    ask: askMember(world.file.etcd, "/v3/cluster/member/list", '{"linearizable":false}', 5),
  };
}

async function confirmBare(world: World, loss: DiskLoss, signal: AbortSignal): Promise<void> {
  const states = await statesOf(world, loss, signal);
  const wrong = loss.machines.filter((_, index) => states[index] !== "bare");
  if (wrong.length > 0)
    throw inconclusiveError(`The fault could not be confirmed: ${wrong.join(", ")} still has something.`);
}

function titleOf(lost: readonly string[]): string {
  return `loss of ${lost.join(", ")} with their disks`;
}

function sayingState(
  { recorder }: Session,
  drill: string,
  { id, kind }: LedgerEntry,
  lost: readonly string[],
): (to: FaultState, note?: string) => void {
  return (to, note) => {
    recorder.record({
      type: "fault",
      drill,
      fault: id,
      kind,
      title: titleOf(lost),
      targets: [...lost],
      state: to,
      band: { label: "disks lost", tone: "power", verb: "lost their disks" },
      ...(note === undefined ? {} : { note }),
    });
  };
}

/** What was restored is whole and stays; what was not is made whole now, whatever the drill's verdict. */
async function heal(
  session: Session,
  entry: LedgerEntry,
  state: (to: FaultState, note?: string) => void,
): Promise<void> {
  session.progress.line("healing");
  state("healing");
  const why = await putBack(session, entry);
  if (why === null) state("healed");
  else state("broken", why);
}
