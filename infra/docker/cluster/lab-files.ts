// What a lab leaves for its users in its folder: lab file, kubeconfig, ssh key, kubectl. Secrets are 0600.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { labDir } from "../../../harness/base/paths.ts";
import { parseLabFile, type LabFileInput } from "../../../harness/lab/lab-file.ts";
import { docker } from "./engine.ts";
import { newSshKeyPair, type SshKeyPair } from "./keys.ts";
import { firstControlPlane, workersOf, type LabLayout } from "./layout.ts";

/** Keys of a lab: the harness's own, and one per machine (by name), which the lab file pins. */
export interface LabKeys {
  harness: SshKeyPair;
  hosts: Map<string, SshKeyPair>;
}

export interface LabPaths {
  labFile: string;
  kubeconfig: string;
  sshKey: string;
  /** A folder for PATH with kubectl in it. */
  bin: string;
}

export function labPaths(name: string): LabPaths {
  const dir = labDir(name);
  return {
    labFile: join(dir, "lab.yaml"),
    kubeconfig: join(dir, "kubeconfig"),
    sshKey: join(dir, "ssh_key"),
    bin: join(dir, "bin"),
  };
}

export async function newLabKeys(layout: LabLayout): Promise<LabKeys> {
  const hosts = layout.machines.map(async (each) => [each.name, await newSshKeyPair()] as const);
  return { harness: await newSshKeyPair(), hosts: new Map(await Promise.all(hosts)) };
}

/** Writes a file that only its owner may read, whatever was there before. */
export async function writeSecret(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  await writeFile(path, text, { mode: 0o600 });
}

/** Writes the lab file; `clusterUid` is the UID of kube-system. */
export async function writeLabFile(
  layout: LabLayout,
  keys: LabKeys,
  details: { clusterUid: string; demoImage: string },
): Promise<void> {
  const lab: LabFileInput = {
    version: 1,
    name: layout.name,
    embedded: true,
    machines: layout.machines.map((each) => ({
      name: each.name,
      role: each.role,
      address: each.address,
      power: { provider: "docker", container: each.container },
      shell: {
        via: "ssh",
        host: each.address,
        port: 22,
        user: "root",
        keyFile: "ssh_key",
        hostKey: keys.hosts.get(each.name)?.publicKey ?? "",
      },
      identity: { machineId: each.machineId },
    })),
    api: { kubeconfig: "kubeconfig", port: 6443, vip: layout.vip },
    etcd: layout.etcd,
    ingress: { className: "traefik", httpPort: 80, machines: workersOf(layout).map((each) => each.name) },
    identity: { clusterUid: details.clusterUid },
    // A system container has booted after 2 s; the rest is for a busy host.
    allowances: { bootSeconds: 20, componentStartSeconds: 30 },
    demo: { image: details.demoImage },
  };
  const path = labPaths(layout.name).labFile;
  parseLabFile(lab, path);
  await writeFile(path, stringify(lab), { mode: 0o600 });
}

/** Pins other host keys, because the machines are other ones. @param hosts public keys by machine name */
export async function pinHostKeys(name: string, hosts: ReadonlyMap<string, string>): Promise<void> {
  const path = labPaths(name).labFile;
  const lab = parse(await readFile(path, "utf8")) as LabFileInput;
  const machines = lab.machines.map((each) => {
    const hostKey = hosts.get(each.name);
    return hostKey === undefined || each.shell.via !== "ssh"
      ? each
      : { ...each, shell: { ...each.shell, hostKey } };
  });
  await writeFile(path, stringify({ ...lab, machines }), { mode: 0o600 });
}

/** Puts the lab's own kubectl, of the cluster's version, into the lab's `bin`. */
export async function installKubectl(layout: LabLayout): Promise<void> {
  const { bin } = labPaths(layout.name);
  await mkdir(bin, { recursive: true, mode: 0o700 });
  const { container } = firstControlPlane(layout);
  await docker(["cp", "--follow-link", `${container}:/usr/local/bin/kubectl`, join(bin, "kubectl")], {
    timeoutMs: 60_000,
  });
}

/** The image of the demo application, as its manifest has it. */
export async function demoImage(): Promise<string> {
  const manifest = await readFile(join(import.meta.dirname, "..", "..", "addons", "demo.yaml"), "utf8");
  return /^\s*image: (\S+)$/m.exec(manifest)?.[1] ?? "";
}
