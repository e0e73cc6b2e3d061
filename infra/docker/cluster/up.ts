// `lab up`: whatever condition the lab is in, afterwards it is up. Restores the golden state where there is one.
import { usageError } from "../../../harness/base/errors.ts";
import { removeLab } from "./down.ts";
import { buildFresh, type MachineImage } from "./fresh.ts";
import { findGolden, keepGolden, restoreGolden } from "./golden.ts";
import { planLayout, shapeOf, type LabLayout, type Shape } from "./layout.ts";
import { labPaths, installKubectl } from "./lab-files.ts";
import { confineSubnet, createNetwork, usedSubnets } from "./network.ts";
import { waitReady } from "./ready.ts";
import { readLabState, writeLabState } from "./state.ts";
import { freeSubnets, overlaps } from "./subnets.ts";
import { raiseSysctls } from "./sysctls.ts";
import { wakeLab } from "./wake.ts";

/** What a lab may be asked to be; anything left out is as the lab is, or the default for a new one. */
export type LabShape = { [Name in keyof Shape]?: Shape[Name] | undefined };

export interface UpContext {
  name: string;
  shape: LabShape;
  /** Such as v1.35.8. */
  kubernetes: string;
  machineImage: MachineImage;
  /** Plain lines; the caller adds the time. */
  onProgress: (line: string) => void;
}

const readyTimeoutMs = 240_000;
const defaults = { controlPlanes: 3, workers: 2, workerMemoryGiB: 6, etcdLayout: "stacked" } as const;

/** Brings the lab up; to be called with the lab's lock held. */
export async function bringUp(context: UpContext): Promise<void> {
  const state = await readLabState(context.name);
  if (state?.phase === "up") {
    checkShape(context, state.layout);
    await wakeLab(state.layout, context.onProgress);
    return;
  }
  if (await removeLab(context.name)) context.onProgress("removed what an interrupted up had left");
  await raiseSysctls();
  const golden = await findGolden(context.name, context.machineImage);
  if (golden !== undefined && fits(context, golden.layout) && (await claimNetwork(context, golden.layout)))
    await fromGolden(context);
  else await fromNothing(context);
}

/** Restores the golden state into a network that is there, and waits for the end state. */
export async function fromGolden(context: UpContext): Promise<void> {
  const golden = await findGolden(context.name, context.machineImage);
  if (golden === undefined) throw usageError(`Lab ${context.name} has no golden state.`);
  const { layout } = golden;
  const since = Date.now();
  await restoreGolden(golden, context.machineImage);
  context.onProgress(`${String(layout.machines.length)} machines powered on from the golden state`);
  await finish(context, layout, since);
}

async function fromNothing(context: UpContext): Promise<void> {
  const layout = await planNetwork(context);
  context.onProgress(`network ${layout.network.subnet}`);
  const since = Date.now();
  await buildFresh(layout, context.machineImage, context.onProgress);
  await installKubectl(layout);
  await endState(context, layout, since);
  await keepGolden(layout, context.machineImage);
  context.onProgress("golden state kept");
  await writeLabState({ version: 1, phase: "up", image: context.machineImage.image, layout });
}

async function finish(context: UpContext, layout: LabLayout, since: number): Promise<void> {
  await installKubectl(layout);
  await endState(context, layout, since);
  await writeLabState({ version: 1, phase: "up", image: context.machineImage.image, layout });
}

function endState(context: UpContext, layout: LabLayout, since: number): Promise<void> {
  const kubeconfig = labPaths(layout.name).kubeconfig;
  return waitReady(layout, { kubeconfig, since, timeoutMs: readyTimeoutMs, onSeen: context.onProgress });
}

async function planNetwork(context: UpContext): Promise<LabLayout> {
  const { name, kubernetes, shape } = context;
  const etcdLayout = shape.etcdLayout ?? defaults.etcdLayout;
  const size = {
    controlPlanes: shape.controlPlanes ?? defaults.controlPlanes,
    workers: shape.workers ?? defaults.workers,
    workerMemoryGiB: shape.workerMemoryGiB ?? defaults.workerMemoryGiB,
    etcdLayout,
    etcdRuntime: shape.etcdRuntime ?? (etcdLayout === "external" ? "systemd" : "pod"),
  };
  for (const subnet of freeSubnets(await usedSubnets())) {
    const layout = planLayout({ name, kubernetes, subnet, ...size });
    if (await claimNetwork(context, layout)) return layout;
  }
  throw usageError("The container engine has no address range free for a lab.", {
    hint: "docker network ls shows who has them",
  });
}

/** Makes the network of a layout and confines it; false when somebody else has the range. */
async function claimNetwork(context: UpContext, layout: LabLayout): Promise<boolean> {
  const used = await usedSubnets();
  if (used.some((each) => !each.endsWith("/0") && overlaps(each, layout.network.subnet))) return false;
  // Written first: whatever happens next, `down` and the next `up` know what to look for.
  await writeLabState({ version: 1, phase: "building", image: context.machineImage.image, layout });
  if (!(await createNetwork(layout))) return false;
  await confineSubnet(layout.network.subnet);
  return true;
}

function fits(context: UpContext, layout: LabLayout): boolean {
  return layout.kubernetes === context.kubernetes && differences(context.shape, layout).length === 0;
}

function checkShape(context: UpContext, layout: LabLayout): void {
  const different = differences(context.shape, layout);
  if (different.length > 0)
    throw usageError(`Lab ${layout.name} exists with ${different.join(" and ")}.`, {
      hint: `kubedrill lab down --name ${layout.name}, then up again; or use another --name`,
    });
}

/** What the lab has that is not as asked for, in words. */
function differences(shape: LabShape, layout: LabLayout): string[] {
  const has = shapeOf(layout);
  const words = {
    controlPlanes: `${String(has.controlPlanes)} control planes`,
    workers: `${String(has.workers)} workers`,
    workerMemoryGiB: `${String(has.workerMemoryGiB)} GiB of worker memory`,
    etcdLayout: has.etcdLayout === "stacked" ? "etcd on its control planes" : "etcd on machines of its own",
    etcdRuntime: has.etcdRuntime === "pod" ? "etcd in pods" : "etcd as a service",
  };
  const keys = ["controlPlanes", "workers", "workerMemoryGiB", "etcdLayout", "etcdRuntime"] as const;
  return keys.filter((key) => shape[key] !== undefined && shape[key] !== has[key]).map((key) => words[key]);
}
