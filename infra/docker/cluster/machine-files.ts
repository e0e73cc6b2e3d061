// The files of one machine that make it itself: keys, identity, network, balancer. Put into the container before its
// first power on, so that a machine boots as what it is.
import { execa } from "execa";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { etcdEnvironment, etcdPaths, etcdUnit } from "./config/etcd-service.ts";
import { haproxyCfg } from "./config/haproxy.ts";
import { checkScript, checkScriptPath, keepalivedConf } from "./config/keepalived.ts";
import { etcdPatch, kubeadmPaths, kubeletPatch } from "./config/kubeadm.ts";
import { cniConf, routesUnit } from "./config/network.ts";
import type { SshKeyPair } from "./keys.ts";
import { etcdMachinesOf, type LabLayout, type MachinePlan } from "./layout.ts";

export interface MachineFile {
  path: string;
  /** Either what is in it, or where it points. */
  content: { text: string; mode: number } | { linkTo: string };
}

export interface MachineKeys {
  host: SshKeyPair;
  /** The public key of the harness. */
  authorized: string;
}

/** Everything that is particular to this machine. `hostMemoryBytes`: what kubelets see as the machine's memory. */
export function machineFiles(
  layout: LabLayout,
  machine: MachinePlan,
  keys: MachineKeys,
  hostMemoryBytes: number,
): MachineFile[] {
  return [
    ...bareMachineFiles(layout, machine, keys, hostMemoryBytes),
    ...etcdFiles(layout, machine),
    ...(machine.role === "control-plane" ? controlPlaneFiles(layout, machine) : []),
  ];
}

/** What a machine has before anybody makes a node of it: keys, identity, network; nothing of a control plane. */
export function bareMachineFiles(
  layout: LabLayout,
  machine: MachinePlan,
  keys: MachineKeys,
  hostMemoryBytes: number,
): MachineFile[] {
  const patch = kubeletPatch(layout, machine, hostMemoryBytes);
  return [
    file("/etc/machine-id", `${machine.machineId}\n`, 0o444),
    file("/root/.ssh/authorized_keys", `${keys.authorized}\n`, 0o600),
    ...sshdFiles(keys.host),
    file("/etc/systemd/system/kubelet.service.d/20-runtime-first.conf", kubeletAfterRuntime),
    file("/etc/cni/net.d/10-kubedrill.conflist", cniConf(machine)),
    file("/etc/systemd/system/pod-routes.service", routesUnit(layout, machine)),
    ...enabled("pod-routes.service", "/etc/systemd/system"),
    ...(machine.role === "etcd" ? [noKubelet] : []),
    file(`${kubeadmPaths.patches}/README`, "Patches that kubeadm applies on this machine.\n"),
    ...(patch === undefined ? [] : [file(`${kubeadmPaths.patches}/kubeletconfiguration0+merge.yaml`, patch)]),
  ];
}

/** Masked: without a node it would only end and be started again, for ever. */
const noKubelet: MachineFile = {
  path: "/etc/systemd/system/kubelet.service",
  content: { linkTo: "/dev/null" },
};

/**
 * containerd opens its socket before it can answer; a kubelet that meets it then ends, and systemd waits 10 s before the
 * next try. Whether that happens is luck, and luck has no place in measured recovery times.
 */
const kubeletAfterRuntime = `[Service]
ExecStartPre=/usr/bin/timeout 20 /bin/sh -c "until crictl --timeout=2s version; do sleep 0.1; done"
`;

/** A tar archive of the files, owned by root, for `putArchive`. `scratch` is made and removed. */
export async function packFiles(files: readonly MachineFile[], scratch: string): Promise<Uint8Array> {
  await rm(scratch, { recursive: true, force: true });
  try {
    for (const { path, content } of files) {
      const target = join(scratch, path);
      await mkdir(dirname(target), { recursive: true, mode: path.startsWith("/root/") ? 0o700 : 0o755 });
      if ("linkTo" in content) await symlink(content.linkTo, target);
      else {
        await writeFile(target, content.text, { mode: 0o600 });
        await chmod(target, content.mode);
      }
    }
    const { stdout } = await execa("tar", ["-C", scratch, "--owner=0", "--group=0", "-c", ...tops(files)], {
      encoding: "buffer",
      timeout: 10_000,
    });
    return stdout;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The pinned host key is the only one: no time is spent on making others, none can be offered. */
function sshdFiles(host: SshKeyPair): MachineFile[] {
  return [
    file("/etc/ssh/ssh_host_ed25519_key", host.privateKey, 0o600),
    file("/etc/ssh/ssh_host_ed25519_key.pub", `${host.publicKey}\n`),
    file("/etc/ssh/sshd_config.d/20-host-key.conf", "HostKey /etc/ssh/ssh_host_ed25519_key\n"),
    file(
      "/etc/systemd/system/ssh.service.d/20-host-key.conf",
      "[Service]\nExecStartPre=\nExecStartPre=/usr/sbin/sshd -t\n",
    ),
  ];
}

function controlPlaneFiles(layout: LabLayout, machine: MachinePlan): MachineFile[] {
  return [
    file("/etc/haproxy/haproxy.cfg", haproxyCfg(layout)),
    file("/etc/keepalived/keepalived.conf", keepalivedConf(layout, machine)),
    file(checkScriptPath, checkScript(), 0o755),
    ...enabled("haproxy.service"),
    ...enabled("keepalived.service"),
  ];
}

function etcdFiles(layout: LabLayout, machine: MachinePlan): MachineFile[] {
  if (!etcdMachinesOf(layout).includes(machine)) return [];
  if (layout.etcd.runtime === "pod")
    return [file(`${kubeadmPaths.patches}/etcd0+strategic.yaml`, etcdPatch())];
  return [file(etcdPaths.environment, etcdEnvironment(layout, machine)), file(etcdPaths.unit, etcdUnit())];
}

/** A file that only root may read. */
export function secretFile(path: string, text: string): MachineFile {
  return file(path, text, 0o600);
}

function file(path: string, text: string, mode = 0o644): MachineFile {
  return { path, content: { text, mode } };
}

function enabled(unit: string, folder = "/lib/systemd/system"): MachineFile[] {
  return [
    {
      path: `/etc/systemd/system/multi-user.target.wants/${unit}`,
      content: { linkTo: `${folder}/${unit}` },
    },
  ];
}

/** Only top folders are named, so that the archive holds no entry for "/" itself (whose mode it would change). */
function tops(files: readonly MachineFile[]): string[] {
  return [...new Set(files.map((each) => each.path.split("/")[1] ?? ""))];
}
