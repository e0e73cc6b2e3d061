// `kubedrill snapshot`: take, list, verify and thin out snapshots of a lab's etcd and of its control planes.
import type { Command } from "commander";
import { rm } from "node:fs/promises";
import { KubedrillError, usageError } from "../base/errors.ts";
import { checkIdentity } from "../lab/discover.ts";
import type { LabFile } from "../lab/lab-file.ts";
import { readClusterUid } from "../lab/read-topology.ts";
import type { World } from "../lab/world.ts";
import { neededPaths } from "../recovery/snapshot/configuration.ts";
import { candidatesOf, pickMember } from "../recovery/snapshot/pick-member.ts";
import { whyForeign } from "../recovery/snapshot/foreign.ts";
import { superfluous } from "../recovery/snapshot/retention.ts";
import { saveSnapshot } from "../recovery/snapshot/save.ts";
import { listSnapshots, type Sidecar, type StoredSnapshot } from "../recovery/snapshot/sidecar.ts";
import { remoteSnapshots, removeRemote } from "../recovery/remote/move.ts";
import { verifyFiles } from "../recovery/snapshot/verify-files.ts";
import { verifyByRestore } from "../recovery/snapshot/verify-restore.ts";
import { interruptible } from "../run/interrupt.ts";
import { Ledger } from "../safety/ledger.ts";
import { withAnsweringApi } from "../safety/answering-api.ts";
import { chosenLab, labOption, type LabChoice } from "./lab-option.ts";
import { count, positiveNumber } from "./numbers.ts";
import { registerRestore } from "./snapshot-restore.ts";
import {
  chosenSnapshot,
  registerPull,
  registerPush,
  remoteStore,
  say,
  storeOf,
  withRemote,
  withStore,
  type RemoteChoice,
  type StoreChoice,
} from "./snapshot-remote.ts";
import { withWorld } from "./with-world.ts";

export function registerSnapshot(program: Command): void {
  const snapshot = program
    .command("snapshot")
    .description("snapshots of etcd and of the control planes' configuration, on this host and off it");
  registerSave(snapshot);
  registerList(snapshot);
  registerVerify(snapshot);
  registerRestore(snapshot);
  registerPush(snapshot);
  registerPull(snapshot);
  registerPrune(snapshot);
}

function registerSave(snapshot: Command): void {
  withStore(snapshot.command("save"))
    .description("take one, and verify it by restoring it into an etcd of its own")
    .option(...labOption)
    .option("--member <machine>", "take it from this machine; default: the member that is best for it")
    .addHelpText(
      "after",
      "\nIt holds every secret of the cluster; its folder is for its owner only (0700).\n\nExample: kubedrill snapshot save --lab lab.yaml --member cp2",
    )
    .action(async (options: LabChoice & StoreChoice & { member?: string }) => {
      const lab = await chosenLab(options);
      await onLab(lab, "snapshot save", async (world, ledger, signal) => {
        const { member } = options;
        const store = storeOf({ ...options, name: lab.name });
        const saved = await saveSnapshot(world, ledger, { member, store, onProgress: say, signal });
        await verified(world, ledger, saved, { signal });
        process.stdout.write(`snapshot: ${saved.folder}\n`);
      });
    });
}

function registerList(snapshot: Command): void {
  withRemote(withStore(snapshot.command("list")))
    .description("those that are kept, the oldest first")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample: kubedrill snapshot list --remote s3://backups/lab")
    .action(async (options: StoreChoice & RemoteChoice & { json?: true }) => {
      const found = await kept(options);
      if (options.json === true) {
        const plain = found.map(({ name, sidecar }) => ({ name, ...sidecar }));
        process.stdout.write(`${JSON.stringify(plain, null, 2)}\n`);
        return;
      }
      for (const each of found) process.stdout.write(`${told(each)}\n`);
      if (found.length === 0) process.stdout.write("No snapshot is kept.\n");
    });
}

function registerVerify(snapshot: Command): void {
  withStore(snapshot.command("verify"))
    .argument("[name]", "name or folder of a snapshot; default: the newest")
    .description("whether it is whole, of this cluster, complete, and can be restored")
    .option(...labOption)
    .option("--max-age <hours>", "older ones are refused", positiveNumber)
    .option("--files-only", "look at the files only, ask no machine")
    .addHelpText("after", "\nExample: kubedrill snapshot verify --lab lab.yaml --max-age 24")
    .action(
      async (
        name: string | undefined,
        options: LabChoice & StoreChoice & { maxAge?: number; filesOnly?: true },
      ) => {
        const lab = await chosenLab(options);
        const chosen = await chosenSnapshot(storeOf({ ...options, name: lab.name }), name);
        process.stdout.write(`${told(chosen)}\n`);
        if (options.filesOnly === true) {
          report(await verifyFiles(chosen, (machine) => neededPaths({ file: lab }, machine)));
          return;
        }
        await onLab(lab, "snapshot verify", (world, ledger, signal) =>
          verified(world, ledger, chosen, { signal, maxAgeHours: options.maxAge }),
        );
      },
    );
}

type PruneOptions = StoreChoice &
  RemoteChoice & { keepLast: number; keepDaily: number; keepWeekly: number; dryRun?: true };

function registerPrune(snapshot: Command): void {
  withRemote(withStore(snapshot.command("prune")))
    .description("delete those that no rule keeps; what is unfinished is left alone")
    .option("--keep-last <count>", "the newest", count, 3)
    .option("--keep-daily <count>", "the newest of so many days", count, 7)
    .option("--keep-weekly <count>", "the newest of so many weeks", count, 4)
    .option("--dry-run", "only say which")
    .addHelpText("after", "\nExample: kubedrill snapshot prune --keep-daily 14 --dry-run")
    .action(async (options: PruneOptions) => {
      const { keepLast: last, keepDaily: daily, keepWeekly: weekly, dryRun } = options;
      if (last + daily + weekly === 0)
        throw usageError("No rule would keep any snapshot; nothing was deleted.", {
          hint: "give at least one of --keep-last, --keep-daily and --keep-weekly a number above 0",
        });
      const found = await kept(options);
      const taken = found.map((each) => ({ ...each, takenAt: each.sidecar.takenAt }));
      const over = superfluous(taken, { last, daily, weekly });
      for (const each of over) {
        if (dryRun !== true) await each.remove();
        process.stdout.write(`${dryRun === true ? "would delete" : "deleted"} ${each.name}\n`);
      }
      process.stdout.write(`kept ${String(found.length - over.length)} of ${String(found.length)}\n`);
    });
}

interface Kept {
  name: string;
  sidecar: Sidecar;
  remove(): Promise<void>;
}

/** Those in the store that is named, else those on this host; the oldest first. */
async function kept(options: StoreChoice & RemoteChoice): Promise<Kept[]> {
  const remote = await remoteStore(options);
  if (remote === null)
    return (await listSnapshots(storeOf(options))).map(({ name, folder, sidecar }) => ({
      name,
      sidecar,
      remove: () => rm(folder, { recursive: true }),
    }));
  return (await remoteSnapshots(remote)).map(({ name, sidecar }) => ({
    name,
    sidecar,
    remove: () => removeRemote(remote, name),
  }));
}

/** How long an API server may take to answer. */
const apiLimitMs = 60_000;

/** Where the cluster is the one that the lab file means; Ctrl-C takes away what was made on its machines. */
function onLab(
  lab: LabFile,
  what: string,
  body: (world: World, ledger: Ledger, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return withWorld(lab, what, async (opened) => {
    // A member that is ill takes its API server with it, and the VIP still leads there for some requests.
    const world = await withAnsweringApi(opened, { timeoutMs: apiLimitMs });
    await checkIdentity(world);
    const interrupted = await interruptible(
      "Interrupted: taking away what was made on the machines.",
      (signal) =>
        body(world, new Ledger(lab.name), signal).catch((error: unknown) => {
          const left = error instanceof KubedrillError && error.kind === "unhealed";
          if (left || !signal.aborted) throw error;
        }),
    );
    if (interrupted)
      throw new KubedrillError("interrupted", "Interrupted; nothing of it was left on the machines.");
  });
}

/** @throws KubedrillError (inconclusive) when it cannot be relied on */
async function verified(
  world: World,
  ledger: Ledger,
  snapshot: StoredSnapshot,
  { signal, maxAgeHours }: { signal: AbortSignal; maxAgeHours?: number | undefined },
): Promise<void> {
  const scratch = pickMember(await candidatesOf(world), undefined);
  const target = { clusterUid: await readClusterUid(world), etcdVersion: scratch.version };
  const files = [
    ...whyForeign(snapshot.sidecar, target, { now: Date.now(), maxAgeHours }),
    ...(await verifyFiles(snapshot, (machine) => neededPaths(world, machine))),
  ];
  const whole = files.every((each) => each.wrong === null);
  // What is damaged is not given to any etcd.
  const restored = whole
    ? await verifyByRestore(world, ledger, world.machine(scratch.machine), snapshot, signal)
    : [];
  report([...files, ...restored]);
}

/** @throws KubedrillError (inconclusive) that names the first that is wrong */
function report(findings: readonly { what: string; wrong: string | null }[]): void {
  for (const { what, wrong } of findings)
    process.stdout.write(
      `${wrong === null ? "ok  " : "NOT "} ${what}${wrong === null ? "" : `: ${wrong}`}\n`,
    );
  const first = findings.find((each) => each.wrong !== null);
  if (first !== undefined)
    throw new KubedrillError("inconclusive", `The snapshot cannot be relied on: ${first.wrong ?? ""}.`, {
      hint: "take another one: kubedrill snapshot save",
    });
}

function told({ name, sidecar: { etcd, kubernetesVersion } }: Pick<Kept, "name" | "sidecar">): string {
  const { revision, totalKeys, sizeBytes, member, version, hash } = etcd;
  return `${name}  revision ${String(revision)}, ${String(totalKeys)} keys, ${(sizeBytes / 2 ** 20).toFixed(1)} MiB, hash ${hash}, from ${member}, etcd ${version}, Kubernetes ${kubernetesVersion}`;
}
