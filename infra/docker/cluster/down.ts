// Takes a lab away, in whatever condition it is: everything that carries its label, its range, its folder.
import { rm } from "node:fs/promises";
import { labDir } from "../../../harness/base/paths.ts";
import { labContainers, removeMachines } from "./machines.ts";
import { releaseSubnet, removeNetworks } from "./network.ts";
import { knownLabs, readLabState } from "./state.ts";
import { restoreSysctls } from "./sysctls.ts";
import { removeVolumes } from "./volumes.ts";

/** Removes a lab and, with the last one, what labs changed on the host. Says whether there was anything. */
export async function removeLab(name: string): Promise<boolean> {
  const known = (await knownLabs()).includes(name);
  const containers = [...(await labContainers(name)).keys()];
  await removeMachines(containers);
  await removeVolumes(name);
  await removeNetworks(name);
  const state = await readLabState(name).catch(() => undefined);
  if (state !== undefined) await releaseSubnet(state.layout.network.subnet);
  await rm(labDir(name), { recursive: true, force: true });
  if ((await knownLabs()).length === 0) await restoreSysctls();
  return known || containers.length > 0;
}
