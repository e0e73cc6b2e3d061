import { mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { programNames, type Programs } from "../components/programs.ts";
import { overlayFiles, prepareRootfs } from "./prepare-rootfs.ts";

let root: string;
let rootfs: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kubedrill-rootfs-"));
  rootfs = join(root, "rootfs");
  for (const name of programNames) await writeFile(join(root, name), name);
  for (const folder of [
    "etc/systemd/system/multi-user.target.wants",
    "etc/ssh",
    "usr/local/bin",
    "usr/local/sbin",
  ])
    await mkdir(join(rootfs, folder), { recursive: true });
  await writeFile(join(rootfs, "etc/ssh/ssh_host_ed25519_key"), "secret of the image");
  await writeFile(join(rootfs, "etc/machine-id"), "0123456789abcdef");
  await writeFile(join(rootfs, "etc/systemd/system/multi-user.target.wants/haproxy.service"), "");
  const before = process.umask(0o077);
  const programs = Object.fromEntries(programNames.map((name) => [name, join(root, name)])) as Programs;
  await prepareRootfs(rootfs, programs, "registry.example/pause:9");
  process.umask(before);
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

const modeOf = async (path: string) => (await stat(join(rootfs, path))).mode & 0o777;
const textOf = (path: string) => readFile(join(rootfs, path), "utf8");

it("lays every file over the root file system, whatever the umask", async () => {
  for (const path of await overlayFiles())
    expect(await modeOf(path)).toBe(path.includes("sbin/") ? 0o755 : 0o644);
  expect(await modeOf("usr/local/bin/kubelet")).toBe(0o755);
  expect(await modeOf("etc/systemd/system/kubelet.service.d")).toBe(0o755);
});

it("tells containerd the sandbox image", async () => {
  expect(await textOf("etc/containerd/config.toml")).toContain('sandbox_image = "registry.example/pause:9"');
});

it("starts the kubelet, leaves the balancer to the lab, and masks what a container cannot do", async () => {
  const units = "etc/systemd/system";
  expect(await readlink(join(rootfs, units, "multi-user.target.wants/kubelet.service"))).toContain(
    "kubelet.service",
  );
  await expect(stat(join(rootfs, units, "multi-user.target.wants/haproxy.service"))).rejects.toThrow(
    "ENOENT",
  );
  expect(await readlink(join(rootfs, units, "systemd-udevd.service"))).toBe("/dev/null");
});

it("leaves no identity in the image", async () => {
  await expect(textOf("etc/ssh/ssh_host_ed25519_key")).rejects.toThrow("ENOENT");
  expect(await textOf("etc/machine-id")).toBe("");
});
