// What a restore cannot undo: things are let happen after a snapshot, it is restored, and the world is looked at. What is
// left is a table of facts "drift.row.<name>", each with what it was and what it is.
import type { Machine } from "../lab/world.ts";
import { volumeEntry } from "../safety/undo.ts";
import type { FactEvent } from "../timeline/events.ts";
import type { VolumeApp } from "../workloads/extras.ts";
import { volumeName, volumePath } from "../workloads/volume-manifests.ts";
import { makeExtras, removeExtras } from "../workloads/make-extras.ts";
import {
  leasesOf,
  letStray,
  removeStrays,
  plantAccount,
  wordOfService,
  wordOfToken,
  type Strays,
} from "../workloads/strays.ts";
import { takeSnapshot, withDrillSnapshots } from "./drill-snapshots.ts";
import { leaveNothing } from "./leave-nothing.ts";
import { putBack } from "./put-back.ts";
import { committed, restoreNow } from "./restore.ts";
import type { Session } from "./session.ts";
import { settle } from "./settle.ts";
import { waitForAction } from "./wait-for-action.ts";

/** Names of facts and of the action that expectations are about. */
const driftNames = {
  ended: "strays-end",
  knownToken: "drift.token-of-known-account",
  unknownToken: "drift.token-of-unknown-account",
  folder: "drift.folder-of-volume",
  volume: "drift.volume",
} as const;

/** What predictions need to know of the body. */
export const drifting = { ...driftNames, committed };

/** The restore is "outage", see `restoreNow`. */
export async function driftInDrill(session: Session, drill: string, strategy: string): Promise<void> {
  const { world, workload, ledger, runId } = session;
  const { options } = workload;
  const machine = world.machine(session.topology.machines.find((each) => each.role === "worker")?.name ?? "");
  const path = volumePath(strayVolume(machine.name), options);
  const volume = volumeName(strayVolume(machine.name), options);
  const entry = volumeEntry(
    { id: `${runId}/${drill}/volume/stray`, runId, drill },
    { volume, machine: machine.name, path },
  );
  await withDrillSnapshots(session, async () => {
    ledger.open(entry);
    try {
      await restoreBehindItsBack(session, drill, { strategy, machine, path });
    } finally {
      await leaveNothing(session, async () => {
        await removeStrays(world, options);
        await removeExtras(world, options, [strayVolume(machine.name)]);
      });
      await putBack(session, entry);
    }
  });
}

async function restoreBehindItsBack(
  session: Session,
  drill: string,
  { strategy, machine, path }: { strategy: string; machine: Machine; path: string },
): Promise<void> {
  const { world, workload, signal, progress, recorder } = session;
  const { options } = workload;
  await plantAccount(world, options);
  const snapshot = await takeSnapshot(session, drill, "outage");
  progress.line("letting things happen that reach beyond the store");
  const strays = await letStray(world, options, signal);
  await makeExtras(world, options, [strayVolume(machine.name)], () => machine.name, signal);
  const restored = await restoreNow(session, drill, { name: "outage", strategy, snapshot });
  await settle(session, drill, "outage.heal");
  if (restored) {
    await waitForStraysToEnd(session, drill);
    await lookAround(session, drill, strays, { machine, path });
  }
  recorder.record({ type: "mark", drill, name: "outage.heal" });
}

function strayVolume(on: string): VolumeApp {
  return { kind: "volume-app", name: "stray", on };
}

/** Of containers that the store knows nothing of, by what the machines' runtimes say: how each changed. */
function strayContainers({ recorder, workload }: Session): { t: number; value: unknown }[][] {
  const states =
    recorder.store.states.get("containers") ?? new Map<string, { t: number; value: unknown }[]>();
  const { namespace } = workload.options;
  return [...states].flatMap(([subject, changes]) => {
    const [, place, pod = ""] = subject.split("/");
    return place === namespace && pod.startsWith("stray-") ? [changes] : [];
  });
}

/** Action `driftNames.ended`, from the start of the control planes to the end of the last of them. */
async function waitForStraysToEnd(session: Session, drill: string): Promise<void> {
  const { recorder, progress } = session;
  const name = driftNames.ended;
  const title = "containers that the store does not know are ended by their kubelets";
  const start = recorder.store.mark(drill, "outage.started")?.t ?? recorder.now();
  const running = () => strayContainers(session).filter((changes) => changes.at(-1)?.value !== null).length;
  const action = { name, title, start, intervalMs: 250 };
  const outcome = await waitForAction(session, drill, action, () => running() === 0);
  const last = Math.max(start, ...strayContainers(session).map((changes) => changes.at(-1)?.t ?? start));
  const t = outcome.ok ? last : recorder.now();
  recorder.record({ type: "action", drill, name, title, t, start, ...outcome });
  const told = outcome.ok
    ? `ended after ${((t - start) / 1000).toFixed(1)} s`
    : `${String(running())} still running`;
  say(session, drill, "drift.row.containers", {
    what: `${String(strayContainers(session).length)} containers of pods that the store does not know`,
    "after the snapshot": "running",
    "after the restore": told,
    undone: outcome.ok,
  });
  progress.line(`${title}: ${told}`);
}

async function lookAround(
  session: Session,
  drill: string,
  { tokens, clusterIp, leases }: Strays,
  { machine, path }: { machine: Machine; path: string },
): Promise<void> {
  const { world, workload } = session;
  const kube = world.kube.main;
  const row = (name: string, what: string, was: string, is: string, undone: boolean) => {
    say(session, drill, name, { what, "after the snapshot": was, "after the restore": is, undone });
  };
  const known = await wordOfToken(kube, tokens.known);
  row(
    "drift.row.known",
    "token issued to an account that the store knows",
    "accepted",
    known,
    known === "refused",
  );
  const unknown = await wordOfToken(kube, tokens.unknown);
  row(
    "drift.row.unknown",
    "token issued to an account that the store does not know",
    "accepted",
    unknown,
    unknown === "refused",
  );
  const volume = volumeName(strayVolume(machine.name), workload.options);
  const stored = await kube.raw("GET", `/api/v1/persistentvolumes/${volume}`, {
    timeoutMs: 10_000,
    okStatus: [404],
  });
  const volumeWord = stored === undefined ? "gone" : "there";
  row("drift.row.volume", "PersistentVolume", "there", volumeWord, volumeWord === "gone");
  const { stdout } = await machine.shell.run(`if [ -e ${path} ]; then echo left; else echo gone; fi`, {
    timeoutMs: 10_000,
  });
  const folder = stdout.trim();
  row("drift.row.folder", `its folder on ${machine.name}`, "there", folder, folder === "gone");
  const service = await wordOfService(world, workload.options);
  row(
    "drift.row.service",
    `Service with the address ${clusterIp}`,
    "there",
    service === "gone" ? "gone; the address is free again" : service,
    service === "gone",
  );
  const renewed = [...(await leasesOf(kube))].filter(
    ([node, at]) => Date.parse(at) > Date.parse(leases.get(node) ?? ""),
  );
  row(
    "drift.row.leases",
    "leases of nodes",
    "renewed",
    `${String(renewed.length)} of ${String(leases.size)} renewed since`,
    false,
  );
  for (const [name, value] of [
    [driftNames.knownToken, known],
    [driftNames.unknownToken, unknown],
    [driftNames.volume, volumeWord],
    [driftNames.folder, folder],
  ] as const)
    say(session, drill, name, value);
}

function say({ recorder }: Session, drill: string, name: string, value: FactEvent["value"]): void {
  recorder.record({ type: "fact", drill, name, value });
}
