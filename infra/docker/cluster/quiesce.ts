// A moment in which nobody writes to a lab's disks: taken while the lab is up, over within seconds, unnoticed after.
import { z } from "zod";
import { KubedrillError } from "../../../harness/base/errors.ts";
import { until } from "../../../harness/base/until.ts";
import { apiClient, type ApiClient } from "./api.ts";
import { docker, onMachine } from "./engine.ts";
import { controlPlanesOf, type LabLayout } from "./layout.ts";
import { labPaths } from "./lab-files.ts";

const leasePath = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const leaseNames = ["kube-controller-manager", "kube-scheduler"];

/**
 * Freezes all machines, runs `work` and thaws them. What is on the disks then is as after a power cut of all machines,
 * but for one thing: controllers have given their leases back, as a clean stop would do, so that whoever boots from
 * these disks need not wait 15 s for a dead holder.
 */
export async function whileFrozen<T>(layout: LabLayout, work: () => Promise<T>): Promise<T> {
  const api = await apiClient(labPaths(layout.name).kubeconfig);
  const containers = layout.machines.map((each) => each.container);
  await signalControllers(layout, "STOP");
  try {
    const holders = await leaseHolders(api);
    await setHolders(api, new Map([...holders.keys()].map((name) => [name, ""])));
    try {
      await docker(["pause", ...containers]);
      try {
        return await work();
      } finally {
        await docker(["unpause", ...containers]);
      }
    } finally {
      // The former holders get their leases back before they go on, and so never notice.
      await setHolders(api, holders);
    }
  } finally {
    await signalControllers(layout, "CONT");
  }
}

async function leaseHolders(api: ApiClient): Promise<Map<string, string>> {
  const leases = await Promise.all(
    leaseNames.map((name) => api.get(`${leasePath}/${name}`, lease, AbortSignal.timeout(10_000))),
  );
  return new Map(leases.map((each) => [each.metadata.name, each.spec.holderIdentity]));
}

/** After a thaw the API needs a moment to find its etcd leader again. */
async function setHolders(api: ApiClient, holders: Map<string, string>): Promise<void> {
  const set = async () => {
    for (const [name, holderIdentity] of holders)
      await api.patch(`${leasePath}/${name}`, { spec: { holderIdentity } });
    return true;
  };
  await until(set, { what: "the leases of the controllers to be written", timeoutMs: 30_000 });
}

/** Freezes (STOP) or continues (CONT) the controllers' processes where they are. */
async function signalControllers(layout: LabLayout, signal: "STOP" | "CONT"): Promise<void> {
  const results = await Promise.allSettled(
    controlPlanesOf(layout).map(({ container }) =>
      // The kernel keeps 15 characters of a process's name.
      onMachine(container, ["pkill", `-${signal}`, "--exact", "kube-controller|kube-scheduler"]),
    ),
  );
  const failed = results.find((each) => each.status === "rejected");
  if (failed !== undefined)
    throw new KubedrillError("inconclusive", `The lab's controllers could not be sent SIG${signal}.`, {
      cause: failed.reason,
    });
}

const lease = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ holderIdentity: z.string().default("") }),
});
