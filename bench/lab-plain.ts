// The plain way to the same lab, as a script would go it: one step after the other, real copies of the image store,
// kubeadm with its own defaults (RSA keys, discovery by token), workers and add-ons last.
import { execa } from "execa";
import { totalmem } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { waitForBoot } from "../infra/docker/cluster/booted.ts";
import { initConfig, kubeadmPaths } from "../infra/docker/cluster/config/kubeadm.ts";
import { docker, onMachine } from "../infra/docker/cluster/engine.ts";
import type { MachineImage } from "../infra/docker/cluster/fresh.ts";
import { newBootstrapToken, newCertificateKey, newSshKeyPair } from "../infra/docker/cluster/keys.ts";
import { applyAddons, installDns } from "../infra/docker/cluster/kubeadm.ts";
import { labPaths, writeSecret } from "../infra/docker/cluster/lab-files.ts";
import {
  firstControlPlane,
  planLayout,
  type LabLayout,
  type MachinePlan,
} from "../infra/docker/cluster/layout.ts";
import { machineFiles, secretFile } from "../infra/docker/cluster/machine-files.ts";
import { createMachine, putFiles } from "../infra/docker/cluster/machines.ts";
import { confineSubnet, createNetwork, usedSubnets } from "../infra/docker/cluster/network.ts";
import { waitReady } from "../infra/docker/cluster/ready.ts";
import { writeLabState } from "../infra/docker/cluster/state.ts";
import { freeSubnets } from "../infra/docker/cluster/subnets.ts";
import { createVolumes } from "../infra/docker/cluster/volumes.ts";

const stepTimeoutMs = 300_000;

/** Brings a 3 + 2 lab up the plain way and returns at the end state. */
export async function plainUp(
  name: string,
  image: MachineImage & { kubernetesVersion: string },
  onProgress: (line: string) => void,
): Promise<void> {
  const subnet = freeSubnets(await usedSubnets())[0] ?? "";
  const size = {
    controlPlanes: 3,
    workers: 2,
    workerMemoryGiB: 6,
    etcdLayout: "stacked" as const,
    etcdRuntime: "pod" as const,
  };
  const layout = planLayout({ name, kubernetes: `v${image.kubernetesVersion}`, subnet, ...size });
  await writeLabState({ version: 1, phase: "building", image: image.image, layout });
  const since = Date.now();
  await createNetwork(layout);
  await confineSubnet(subnet);
  await powerOnAll(layout, image);
  onProgress("machines powered on, one by one");
  const first = firstControlPlane(layout);
  for (const machine of layout.machines) await waitForBoot(machine);
  const join = await init(layout, first);
  onProgress("kubeadm init");
  for (const machine of layout.machines.filter((each) => each !== first)) {
    const asControlPlane = `--control-plane --certificate-key=${join.certificateKey} --apiserver-advertise-address=${machine.address}`;
    const role = machine.role === "control-plane" ? asControlPlane : "";
    await run(
      machine,
      `${join.command} --patches=${kubeadmPaths.patches} --ignore-preflight-errors=all ${role}`,
    );
    onProgress(`${machine.name} joined`);
  }
  await installDns(layout);
  await applyAddons(layout, ["metrics-server", "ingress", "demo"]);
  const kubeconfig = labPaths(name).kubeconfig;
  await writeSecret(kubeconfig, await onMachine(first.container, ["cat", "/etc/kubernetes/admin.conf"]));
  await waitReady(layout, { kubeconfig, since, timeoutMs: stepTimeoutMs, onSeen: onProgress });
}

async function powerOnAll(layout: LabLayout, image: MachineImage): Promise<void> {
  const volumes = await createVolumes(layout);
  const authorized = (await newSshKeyPair()).publicKey;
  for (const machine of layout.machines) {
    await createMachine(layout, machine, image.image);
    const target = join(volumes.get(machine.name) ?? "", "lib");
    await execa("cp", ["-a", image.imageStore, target], { timeout: stepTimeoutMs });
    const keys = { host: await newSshKeyPair(), authorized };
    await putFiles(layout, machine, machineFiles(layout, machine, keys, totalmem()));
    await docker(["start", machine.container], { timeoutMs: stepTimeoutMs });
  }
}

async function init(
  layout: LabLayout,
  first: MachinePlan,
): Promise<{ command: string; certificateKey: string }> {
  const secrets = { token: newBootstrapToken(), certificateKey: newCertificateKey() };
  const config = kubeadmDefaults(initConfig(layout, secrets));
  await putFiles(layout, first, [secretFile(kubeadmPaths.config, config)]);
  await run(first, `kubeadm init --upload-certs --skip-phases=addon/coredns --config=${kubeadmPaths.config}`);
  const command = await run(first, "kubeadm token create --print-join-command");
  return { command: command.trim(), certificateKey: secrets.certificateKey };
}

/** Our configuration without what makes it fast. */
function kubeadmDefaults(config: string): string {
  const documents = parseAllDocuments(config);
  for (const document of documents) document.delete("encryptionAlgorithm");
  return documents.map((each) => stringify(each.toJS())).join("---\n");
}

function run(machine: MachinePlan, command: string): Promise<string> {
  return onMachine(machine.container, ["sh", "-c", command], { timeoutMs: stepTimeoutMs });
}
