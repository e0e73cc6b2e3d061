// The machines' disks: one engine volume each, mounted on /var, since that is where a machine keeps what lasts.
import { z } from "zod";
import { docker, isNotFound } from "./engine.ts";
import type { LabLayout, MachinePlan } from "./layout.ts";
import { labLabel } from "./machines.ts";

/** Makes the (empty) volumes of machines and returns where the engine keeps each on this host, by machine name. */
export async function createVolumes(
  layout: LabLayout,
  machines: readonly MachinePlan[] = layout.machines,
): Promise<Map<string, string>> {
  await Promise.all(
    machines.map((each) =>
      docker(["volume", "create", `--label=${labLabel}=${layout.name}`, each.container]),
    ),
  );
  return volumePaths(machines);
}

/** Where the engine keeps the machines' disks on this host, by machine name. */
export async function volumePaths(machines: readonly MachinePlan[]): Promise<Map<string, string>> {
  const output = await docker(["volume", "inspect", ...machines.map((each) => each.container)]);
  const paths = new Map(volumeList.parse(JSON.parse(output)).map((each) => [each.Name, each.Mountpoint]));
  return new Map(
    machines.map(({ name, container }) => {
      const path = paths.get(container);
      if (path === undefined) throw new Error(`volume ${container} has no path`);
      return [name, path];
    }),
  );
}

/** Removes the disk of a machine that is no more. */
export async function removeVolume({ container }: MachinePlan): Promise<void> {
  await docker(["volume", "rm", "--force", container], { timeoutMs: 120_000 });
}

/** Removes all volumes that carry the lab's label. */
export async function removeVolumes(lab: string): Promise<void> {
  const names = await docker(["volume", "ls", "--quiet", `--filter=label=${labLabel}=${lab}`]);
  const present = names.split("\n").filter((line) => line !== "");
  if (present.length === 0) return;
  try {
    await docker(["volume", "rm", "--force", ...present], { timeoutMs: 120_000 });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

const volumeList = z.array(z.object({ Name: z.string(), Mountpoint: z.string() }));
