// Turns a plain Debian root file system into that of a machine: our configuration, our programs, units that make no
// sense in a container masked, and everything that must differ between machines removed.
import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { ProgramName, Programs } from "../components/programs.ts";

/** Files laid over the root file system, owned by root. */
export const overlayDirectory: string = join(import.meta.dirname, "files");

/** Paths of these files, relative to the root. */
export async function overlayFiles(): Promise<string[]> {
  const entries = await readdir(overlayDirectory, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return files.map((path) => relative(overlayDirectory, path)).toSorted();
}

/** Programs that a machine has in /usr/local/bin; all others live in images. */
const machinePrograms: readonly ProgramName[] = [
  "kubelet",
  "kubeadm",
  "kubectl",
  "crictl",
  "etcdctl",
  "etcdutl",
];

/** Started at every power on. keepalived and haproxy are enabled by the lab, on control planes only. */
const enabledUnits = ["kubelet.service"];
const disabledUnits = [
  "keepalived.service",
  "haproxy.service",
  "e2scrub_reap.service",
  "systemd-pstore.service",
];

/** Hardware, consoles, package upkeep and first-boot questions have no place here; the mounts are refused anyway. */
const maskedUnits = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "fstrim.timer",
  "getty.target",
  "console-getty.service",
  "dev-hugepages.mount",
  "sys-fs-fuse-connections.mount",
  "sys-kernel-config.mount",
  "sys-kernel-debug.mount",
  "sys-kernel-tracing.mount",
  "proc-sys-fs-binfmt_misc.automount",
  "systemd-binfmt.service",
  "systemd-firstboot.service",
  "systemd-logind.service",
  "systemd-modules-load.service",
  "kmod-static-nodes.service",
  "systemd-random-seed.service",
  "systemd-repart.service",
  "systemd-udevd.service",
  "systemd-udevd-kernel.socket",
  "systemd-udevd-control.socket",
  "systemd-udev-trigger.service",
  "systemd-update-utmp.service",
  "systemd-update-utmp-runlevel.service",
  "systemd-initctl.socket",
];

/**
 * Changes `rootfs` (an unpacked tree) in place.
 * @param pauseImage the sandbox image that containerd must use.
 */
export async function prepareRootfs(rootfs: string, programs: Programs, pauseImage: string): Promise<void> {
  await layOver(rootfs);
  const containerdConfig = join(rootfs, "etc/containerd/config.toml");
  const text = await readFile(containerdConfig, "utf8");
  await writeFile(containerdConfig, text.replace("@PAUSE_IMAGE@", pauseImage));
  for (const name of machinePrograms) {
    const path = join(rootfs, "usr/local/bin", name);
    await copyFile(programs[name], path);
    await chmod(path, 0o755);
  }
  await setUnits(join(rootfs, "etc/systemd/system"));
  await removeIdentity(rootfs);
}

/** Modes are set here: neither the umask of this process nor the way this code was installed may decide them. */
async function layOver(rootfs: string): Promise<void> {
  for (const path of await overlayFiles()) {
    const target = join(rootfs, path);
    await mkdir(dirname(target), { recursive: true });
    await chmod(dirname(target), 0o755);
    await copyFile(join(overlayDirectory, path), target);
    await chmod(target, path.startsWith("usr/local/sbin/") ? 0o755 : 0o644);
  }
}

async function setUnits(directory: string): Promise<void> {
  const wanted = join(directory, "multi-user.target.wants");
  await mkdir(wanted, { recursive: true });
  for (const unit of disabledUnits) {
    await rm(join(wanted, unit), { force: true });
    await rm(join(directory, "sysinit.target.wants", unit), { force: true });
  }
  for (const unit of enabledUnits) await symlink(`/etc/systemd/system/${unit}`, join(wanted, unit));
  for (const unit of maskedUnits) {
    await rm(join(directory, unit), { force: true });
    await symlink("/dev/null", join(directory, unit));
  }
}

/** Host keys and the machine id are made at first boot; an empty id file means "make one", without first-boot presets. */
async function removeIdentity(rootfs: string): Promise<void> {
  for (const kind of ["rsa", "ecdsa", "ed25519"]) {
    await rm(join(rootfs, `etc/ssh/ssh_host_${kind}_key`), { force: true });
    await rm(join(rootfs, `etc/ssh/ssh_host_${kind}_key.pub`), { force: true });
  }
  await writeFile(join(rootfs, "etc/machine-id"), "");
  await rm(join(rootfs, "var/lib/dbus/machine-id"), { force: true });
  await rm(join(rootfs, "etc/hostname"), { force: true });
}
