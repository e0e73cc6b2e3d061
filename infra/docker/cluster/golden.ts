// The golden state: the disks of a lab as they were when it had just come up. Restoring them is a power on, not an
// installation. It lies beside the image store, in a cache volume: there hard links work, and it ends with the image.
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { labDir } from "../../../harness/base/paths.ts";
import { copyVar } from "./copy-var.ts";
import { docker, dockerToFile } from "./engine.ts";
import type { MachineImage } from "./fresh.ts";
import type { LabLayout, MachinePlan } from "./layout.ts";
import { labPaths } from "./lab-files.ts";
import { createMachine, putArchive, wakeMachine } from "./machines.ts";
import { powerOn, quorumOf, wakeInTurn } from "./power-on.ts";
import { whileFrozen } from "./quiesce.ts";
import { recipeOf } from "./recipe.ts";
import { layoutSchema } from "./state.ts";
import { createVolumes, volumePaths } from "./volumes.ts";

export interface Golden {
  layout: LabLayout;
  dir: string;
}

/** kubeadm's certificates live for a year; kubelets renew their own well before. */
const maxAgeMs = 180 * 24 * 3_600_000;

/** What the engine writes into a container itself. */
const enginesOwn = ["etc/hosts", "etc/hostname", "etc/resolv.conf"];

/** What can be found again. */
const caches = ["root/.kube"];

/** The golden state of a lab made from this image and by this recipe, if there is one that is whole and not too old. */
export async function findGolden(name: string, machineImage: MachineImage): Promise<Golden | undefined> {
  const dir = goldenDir(name, machineImage);
  try {
    const golden = goldenSchema.parse(JSON.parse(await readFile(join(dir, "golden.json"), "utf8")));
    if (Date.now() - golden.createdAt > maxAgeMs) return undefined;
    return golden.recipe === (await recipeOf(golden.layout)) ? { layout: golden.layout, dir } : undefined;
  } catch {
    // None, or one of another version of kubedrill: both mean "make one".
    return undefined;
  }
}

/** Keeps the present state of a lab that is up as its golden one. The lab stands still for a second or two. */
export async function keepGolden(layout: LabLayout, machineImage: MachineImage): Promise<void> {
  const dir = goldenDir(layout.name, machineImage);
  const partial = `${dir}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(join(partial, "files"), { recursive: true, mode: 0o700 });
  const { labFile, kubeconfig, sshKey } = labPaths(layout.name);
  for (const path of [labFile, kubeconfig, sshKey])
    await cp(path, join(partial, "files", path.slice(dirname(path).length + 1)));
  await Promise.all(layout.machines.map((each) => packSettings(each, join(partial, `${each.name}.tar`))));
  const volumes = await volumePaths(layout.machines);
  await whileFrozen(layout, () =>
    Promise.all(
      layout.machines.map((each) =>
        copyVar(volumes.get(each.name) ?? "", join(partial, each.name), machineImage.imageStore),
      ),
    ),
  );
  const golden = { createdAt: Date.now(), recipe: await recipeOf(layout), layout };
  await writeFile(join(partial, "golden.json"), JSON.stringify(golden));
  await rm(dir, { recursive: true, force: true });
  await rename(partial, dir);
}

/** Makes all machines as they were, and powers them on. The network must be there, machines and volumes must not. */
export async function restoreGolden(golden: Golden, machineImage: MachineImage): Promise<void> {
  const { layout, dir } = golden;
  await cp(join(dir, "files"), labDir(layout.name), { recursive: true });
  const volumes = await createVolumes(layout);
  const restore = async (machine: MachinePlan) => {
    await copyVar(join(dir, machine.name), volumes.get(machine.name) ?? "", machineImage.imageStore);
    await createMachine(layout, machine, machineImage.image);
    await putArchive(machine, await readFile(join(dir, `${machine.name}.tar`)));
  };
  const first = quorumOf(layout);
  const others = layout.machines.filter((each) => !first.includes(each));
  // Disks are made one after the other, while the machines before them boot.
  const restored = new Map<MachinePlan, Promise<void>>();
  let all = Promise.resolve();
  for (const machine of [...first, ...others]) {
    all = all.then(() => restore(machine));
    restored.set(machine, all);
  }
  const wake = async (machine: MachinePlan) => {
    await restored.get(machine);
    await wakeMachine(machine, "off");
  };
  await Promise.all([wakeInTurn(first, wake), all]);
  await powerOn(layout, (machine) => (first.includes(machine) ? "running" : "off"));
}

/** Forgets the golden states of a lab, whichever machine image they belong to. */
export async function forgetGolden(name: string): Promise<void> {
  const volumes = await docker(["volume", "ls", "--quiet", "--filter=label=kubedrill.cache=images"]);
  for (const volume of volumes.split("\n").filter((line) => line !== "")) {
    const folder = await docker(["volume", "inspect", "--format={{.Mountpoint}}", volume]);
    for (const suffix of ["", ".partial"])
      await rm(join(folder, "golden", `${name}${suffix}`), { recursive: true, force: true });
  }
}

/** Everything outside /var that makes a machine itself. */
async function packSettings(machine: MachinePlan, path: string): Promise<void> {
  const skip = [...enginesOwn, ...caches].map((each) => `--exclude=${each}`);
  await dockerToFile(["exec", machine.container, "tar", "-C", "/", ...skip, "-c", "etc", "root"], path);
}

function goldenDir(name: string, machineImage: MachineImage): string {
  return join(dirname(machineImage.imageStore), "golden", name);
}

const goldenSchema = z.object({ createdAt: z.number(), recipe: z.string(), layout: layoutSchema });
