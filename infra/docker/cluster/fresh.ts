// A lab from nothing but the machine image: containers, files, power on, kubeadm, add-ons; as much at once as can be.
import { totalmem } from "node:os";
import { z } from "zod";
import { apiClient } from "./api.ts";
import { waitForBoot } from "./booted.ts";
import { linkImages } from "./copy-var.ts";
import { docker } from "./engine.ts";
import { startEtcdService } from "./etcd-service.ts";
import { applyAddons, installDns, kubeadmInit, kubeadmJoin } from "./kubeadm.ts";
import { demoImage, labPaths, newLabKeys, writeLabFile, writeSecret, type LabKeys } from "./lab-files.ts";
import { firstControlPlane, type LabLayout, type MachinePlan } from "./layout.ts";
import { machineFiles } from "./machine-files.ts";
import { createMachine, putFiles } from "./machines.ts";
import { createVolumes } from "./volumes.ts";

export interface MachineImage {
  /** Name and content hash of the engine's image. */
  image: string;
  /** Folder on this host whose `containerd` holds the preloaded images. */
  imageStore: string;
}

/** Brings a planned lab up to "kubeadm and add-ons are through"; waiting for the end state is the caller's. */
export async function buildFresh(
  layout: LabLayout,
  machineImage: MachineImage,
  onProgress: (line: string) => void,
): Promise<void> {
  const keys = await newLabKeys(layout);
  const paths = labPaths(layout.name);
  await writeSecret(paths.sshKey, keys.harness.privateKey);
  const volumes = await createVolumes(layout);
  const powerOn = (machine: MachinePlan) =>
    powerOnNew(layout, machine, { ...machineImage, keys, varDir: volumes.get(machine.name) ?? "" });
  const first = firstControlPlane(layout);
  const others = layout.machines.filter((each) => each !== first);
  // The first control plane is what all others wait for: it gets the host to itself for its start.
  await powerOn(first);
  const powered = Promise.all(others.map(powerOn));
  const initialize = async () => {
    if (layout.etcd.runtime === "systemd") {
      await powered;
      await startEtcdService(layout);
      onProgress("etcd serves");
    }
    await waitForBoot(first);
    return kubeadmInit(layout);
  };
  const [init] = await Promise.all([initialize(), powered]);
  await writeSecret(paths.kubeconfig, init.kubeconfig);
  onProgress(`control plane initialized on ${first.name}`);
  const join = async (machine: MachinePlan) => {
    await waitForBoot(machine);
    await kubeadmJoin(layout, machine, init);
    onProgress(`${machine.name} joined`);
  };
  const joinAll = (role: MachinePlan["role"]) =>
    Promise.all(others.filter((each) => each.role === role).map(join));
  await Promise.all([
    applyAddons(layout, ["metrics-server", "ingress"]),
    joinAll("control-plane"),
    // With the workers there, pods have machines to be spread over.
    joinAll("worker").then(() => Promise.all([installDns(layout), applyAddons(layout, ["demo"])])),
  ]);
  await writeLabFile(layout, keys, {
    clusterUid: await clusterUid(paths.kubeconfig),
    demoImage: await demoImage(),
  });
}

/** Makes and starts one machine with its files and images. */
async function powerOnNew(
  layout: LabLayout,
  machine: MachinePlan,
  parts: MachineImage & { keys: LabKeys; varDir: string },
): Promise<void> {
  const host = parts.keys.hosts.get(machine.name);
  if (host === undefined) throw new Error(`no host key for ${machine.name}`);
  const keys = { host, authorized: parts.keys.harness.publicKey };
  await createMachine(layout, machine, parts.image);
  await Promise.all([
    linkImages(parts.imageStore, parts.varDir),
    putFiles(layout, machine, machineFiles(layout, machine, keys, totalmem())),
  ]);
  await docker(["start", machine.container], { timeoutMs: 60_000 });
}

async function clusterUid(kubeconfig: string): Promise<string> {
  const api = await apiClient(kubeconfig);
  const namespace = z.object({ metadata: z.object({ uid: z.string() }) });
  return (await api.get("/api/v1/namespaces/kube-system", namespace, AbortSignal.timeout(10_000))).metadata
    .uid;
}
