// The embedded lab, as the command line and `npm start` use it.
import { usageError } from "../../harness/base/errors.ts";
import { lockHolder } from "../../harness/safety/lock.ts";
import { removeLab } from "./cluster/down.ts";
import { requireEngine } from "./cluster/engine.ts";
import { forgetGolden } from "./cluster/golden.ts";
import { withLabLock } from "./cluster/lab-lock.ts";
import { labPaths, type LabPaths } from "./cluster/lab-files.ts";
import { checkName, checkShape } from "./cluster/layout.ts";
import { replaceMachines } from "./cluster/replace.ts";
import { resetToGolden } from "./cluster/reset.ts";
import { knownLabs, readLabState } from "./cluster/state.ts";
import { lookAtLab, type LabStatus } from "./cluster/status.ts";
import { bringUp, type LabShape, type UpContext } from "./cluster/up.ts";
import { addTo, type Addition } from "../additions/add.ts";
import { velero } from "../additions/velero/velero.ts";
import { volumes } from "../additions/volumes/volumes.ts";
import type { ProgramSource } from "./components/ensure-programs.ts";
import { ensureMachineImage } from "./machine-image/ensure-machine-image.ts";

export type { LabStatus, MachineStatus } from "./cluster/status.ts";

export const defaultLabName = "kubedrill";

export interface LabUpOptions extends LabShape {
  /** Default `kubedrill`. */
  name?: string | undefined;
  /** A minor such as 1.35, or exactly the release that belongs to it; default: the newest known. */
  kubernetes?: string | undefined;
  /** Where programs come from when the machine image has to be made. */
  componentsSource?: ProgramSource | "auto" | undefined;
  /** Plain lines of progress, each beginning with the seconds since the call. */
  onProgress?: ((line: string) => void) | undefined;
}

export type LabOptions = Pick<LabUpOptions, "name" | "onProgress">;

/**
 * Brings the lab up and returns when it is: all nodes Ready, metrics API and ingress answering. On a lab that is up it
 * changes nothing; on one with machines off or frozen it wakes them; one that was cut off half made is made again.
 * @throws KubedrillError (usage) for wrong options, a missing engine or rights, another shape than the lab has;
 * (inconclusive) when something takes too long.
 */
export async function labUp(options: LabUpOptions = {}): Promise<LabPaths> {
  const name = checkedName(options.name);
  const onProgress = withSeconds(options.onProgress);
  checkShape(options);
  await requireEngine();
  await withLabLock(name, onProgress, async () => bringUp(await upContext(name, options, onProgress)));
  return labPaths(name);
}

/** Puts the lab back to what it was when it had just come up. Errors as `labUp`, and when there is no such lab. */
export async function labReset(options: LabOptions = {}): Promise<LabPaths> {
  const name = checkedName(options.name);
  const onProgress = withSeconds(options.onProgress);
  if ((await readLabState(name)) === undefined) throw noSuchLab(name);
  await requireEngine();
  refuseDuringRun(name);
  await withLabLock(name, onProgress, async () => resetToGolden(await upContext(name, {}, onProgress)));
  return labPaths(name);
}

/**
 * Puts other machines in the place of some, with nothing on them but the operating system. Errors as `labReset`, and for
 * a machine that the lab does not have.
 * @param options `forRun`: asked for by the run that has the lab, whose child this process is
 */
export async function labReplace(
  machines: readonly string[],
  options: LabOptions & { forRun?: boolean } = {},
): Promise<void> {
  const name = checkedName(options.name);
  const onProgress = withSeconds(options.onProgress);
  if ((await readLabState(name)) === undefined) throw noSuchLab(name);
  await requireEngine();
  if (options.forRun !== true || lockHolder(name)?.pid !== process.ppid) refuseDuringRun(name);
  await withLabLock(name, onProgress, async () =>
    replaceMachines(await upContext(name, {}, onProgress), machines),
  );
}

/**
 * Removes the lab: machines, disks, network, routes, its folder, and with the last lab the kernel settings. The cache
 * (machine image, image store, golden state) stays for the next `up`, unless `forget` says otherwise.
 * @returns whether there was such a lab
 */
export async function labDown(options: LabOptions & { forget?: boolean } = {}): Promise<boolean> {
  const name = checkedName(options.name);
  const onProgress = withSeconds(options.onProgress);
  await requireEngine();
  refuseDuringRun(name);
  return withLabLock(name, onProgress, async () => {
    const removed = await removeLab(name);
    if (options.forget === true) await forgetGolden(name);
    return removed;
  });
}

export const additionNames = ["volumes", "velero"] as const;
export type AdditionName = (typeof additionNames)[number];
const additions: Record<AdditionName, Addition> = { volumes, velero };

/**
 * Gives a lab that is up something that not every cluster has, on its first worker, until it is reset. `volumes`: a CSI
 * driver with Kubernetes' own provisioner, snapshotter and snapshot controller. `velero`: Velero with an object store.
 * Errors as `labReset`, and when Go is missing to build them.
 */
export async function labAdd(what: readonly AdditionName[], options: LabOptions = {}): Promise<void> {
  const name = checkedName(options.name);
  const onProgress = withSeconds(options.onProgress);
  await requireEngine();
  refuseDuringRun(name);
  await withLabLock(name, onProgress, async () => {
    const state = await readLabState(name);
    if (state?.phase !== "up") throw noSuchLab(name);
    for (const each of what) await addTo(state.layout, additions[each], onProgress);
  });
}

/** Looks at the lab without touching it. Throws a usage error when there is no such lab. */
export async function labStatus(options: LabOptions = {}): Promise<LabStatus> {
  const name = checkedName(options.name);
  const state = await readLabState(name);
  if (state === undefined) throw noSuchLab(name);
  return lookAtLab(state);
}

/** Where the lab file is and whether it can be used now; never throws for a lab that is not there. */
export async function labFor(name: string = defaultLabName): Promise<{
  labFile: string;
  state: "absent" | "partial" | "stopped" | "up";
}> {
  const { labFile } = labPaths(checkedName(name));
  if (!(await knownLabs()).includes(name)) return { labFile, state: "absent" };
  const state = await readLabState(name);
  if (state?.phase !== "up") return { labFile, state: "partial" };
  const { machines } = await lookAtLab(state);
  return { labFile, state: machines.every((each) => each.power === "running") ? "up" : "stopped" };
}

/** Paths of a lab that exists. Throws a usage error when it does not, or is not complete. */
export async function pathsOfLab(name: string = defaultLabName): Promise<LabPaths> {
  const state = await readLabState(checkedName(name));
  if (state?.phase !== "up") throw noSuchLab(name);
  return labPaths(name);
}

async function upContext(
  name: string,
  options: LabUpOptions,
  onProgress: (line: string) => void,
): Promise<UpContext> {
  const state = await readLabState(name).catch(() => undefined);
  const asked = options.kubernetes?.replace(/^v/, "") ?? state?.layout.kubernetes.replace(/^v/, "");
  const machineImage = await ensureMachineImage({
    kubernetesMinor: asked?.split(".").slice(0, 2).join("."),
    source: options.componentsSource,
    onProgress,
  });
  const { kubernetesVersion } = machineImage;
  if (asked?.split(".").length === 3 && asked !== kubernetesVersion)
    throw usageError(`Kubernetes ${asked} is not one that the lab can be built with.`, {
      hint: `use ${kubernetesVersion}`,
    });
  return { name, shape: options, kubernetes: `v${kubernetesVersion}`, machineImage, onProgress };
}

function checkedName(name: string = defaultLabName): string {
  checkName(name);
  if (process.getuid?.() !== 0)
    throw usageError("The embedded lab needs root: it makes networks, routes and system containers.", {
      hint: "run the command as root, or give a lab of your own with --lab",
    });
  return name;
}

/** Taking machines away from under a run would make it judge our own doing. */
function refuseDuringRun(name: string): void {
  const holder = lockHolder(name);
  if (holder === undefined) return;
  throw usageError(
    `Lab ${name} is in use by process ${String(holder.pid)} (${holder.what}) since ${holder.since}.`,
    {
      hint: `wait for it, or end it with: kill -INT ${String(holder.pid)}`,
    },
  );
}

function noSuchLab(name: string) {
  return usageError(`Lab ${name} is not up.`, { hint: `kubedrill lab up --name ${name}` });
}

/** Puts the seconds since now before every line. */
function withSeconds(onProgress: ((line: string) => void) | undefined): (line: string) => void {
  const start = performance.now();
  return (line) => {
    onProgress?.(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  };
}
