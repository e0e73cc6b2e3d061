// An existing lab gets its power back: machines that are off are started, frozen ones thawed, the host's part mended.
import { usageError } from "../../../harness/base/errors.ts";
import type { LabLayout } from "./layout.ts";
import { labPaths } from "./lab-files.ts";
import { labContainers } from "./machines.ts";
import { confineSubnet, hasNetwork } from "./network.ts";
import { powerOn } from "./power-on.ts";
import { waitReady } from "./ready.ts";
import { raiseSysctls } from "./sysctls.ts";

const readyTimeoutMs = 240_000;

/** How old evidence may be when nothing had to be done: kubelets renew every 10 s, metrics are up to 20 s old. */
const recentMs = 40_000;

/**
 * Makes sure that every machine runs, and waits for the end state. Changes nothing on a healthy lab.
 * @throws KubedrillError (usage) when a machine or the network no longer exists.
 */
export async function wakeLab(layout: LabLayout, onProgress: (line: string) => void): Promise<void> {
  const containers = await labContainers(layout.name);
  const missing = layout.machines.filter((each) => !containers.has(each.container)).map((each) => each.name);
  if (!(await hasNetwork(layout))) missing.push("its network");
  if (missing.length > 0)
    throw usageError(`Lab ${layout.name} is damaged: ${missing.join(", ")} no longer there.`, {
      hint: `kubedrill lab reset --name ${layout.name} makes it anew from its golden state`,
    });
  await raiseSysctls();
  await confineSubnet(layout.network.subnet);
  const start = Date.now();
  const names = await powerOn(layout, (machine) => containers.get(machine.container) ?? "off");
  if (names.length > 0) onProgress(`powered on: ${names.join(", ")}`);
  await waitReady(layout, {
    kubeconfig: labPaths(layout.name).kubeconfig,
    since: names.length > 0 ? start : start - recentMs,
    timeoutMs: readyTimeoutMs,
    onSeen: onProgress,
  });
}
