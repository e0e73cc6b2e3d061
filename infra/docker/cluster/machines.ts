// The machines as containers: made, started, stopped, looked at.
import { join } from "node:path";
import { z } from "zod";
import { labDir } from "../../../harness/base/paths.ts";
import { thawingInside } from "../../../harness/machines/frozen-leftovers.ts";
import { machineRunArguments } from "../machine-image/run-arguments.ts";
import { docker, isNotFound } from "./engine.ts";
import type { LabLayout, MachinePlan } from "./layout.ts";
import { packFiles, type MachineFile } from "./machine-files.ts";

export const labLabel = "kubedrill.lab";

export type MachineState = "running" | "frozen" | "off" | "missing";

/** Makes a machine's container, not yet started. Its volume becomes /var; an empty one is filled from the image. */
export async function createMachine(layout: LabLayout, machine: MachinePlan, image: string): Promise<void> {
  await docker([
    "create",
    `--name=${machine.container}`,
    `--hostname=${machine.name}`,
    `--label=${labLabel}=${layout.name}`,
    `--label=kubedrill.machine=${machine.name}`,
    `--network=${layout.network.name}`,
    `--ip=${machine.address}`,
    // Names asked for on a machine must not reach the resolver of the host.
    "--dns=127.0.0.1",
    "--restart=no",
    `--mount=type=volume,src=${machine.container},dst=/var`,
    ...machineRunArguments,
    image,
  ]);
}

/** Unpacks a tar archive into the machine's root file system, also while it is off. */
export async function putArchive(machine: MachinePlan, archive: Uint8Array): Promise<void> {
  await docker(["cp", "-", `${machine.container}:/`], { input: archive, timeoutMs: 60_000 });
}

/** Puts files on a machine, on or off. */
export async function putFiles(
  layout: LabLayout,
  machine: MachinePlan,
  files: readonly MachineFile[],
): Promise<void> {
  await putArchive(machine, await packFiles(files, join(labDir(layout.name), `.files-${machine.name}`)));
}

/** Powers a machine on, or thaws it, whichever it needs. */
export async function wakeMachine(machine: MachinePlan, state: MachineState): Promise<void> {
  if (state === "running") return;
  await docker([state === "frozen" ? "unpause" : "start", machine.container], { timeoutMs: 60_000 });
}

/** Removes machines and their power at once; those that do not exist are no error. */
export async function removeMachines(containers: readonly string[]): Promise<void> {
  const remove = async (container: string) => {
    try {
      const removed = docker(["rm", "--force", "--volumes", container], { timeoutMs: 120_000 });
      await thawingInside(() => docker(["inspect", "--format={{.Id}}", container]), removed);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };
  await Promise.all(containers.map(remove));
}

/** All containers that carry the lab's label, also ones of an `up` that was interrupted. */
export async function labContainers(lab: string): Promise<Map<string, Exclude<MachineState, "missing">>> {
  const output = await docker([
    "ps",
    "--all",
    "--no-trunc",
    `--filter=label=${labLabel}=${lab}`,
    "--format={{json .}}",
  ]);
  const lines = output.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const { Names, State } = psLine.parse(JSON.parse(line));
      return [Names, State === "running" ? "running" : State === "paused" ? "frozen" : "off"];
    }),
  );
}

const psLine = z.object({ Names: z.string(), State: z.string() });
