import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseLabFile, readLabFile, type LabFileInput } from "./lab-file.ts";

const machine = (
  name: string,
  role: "control-plane" | "worker" | "etcd",
): LabFileInput["machines"][number] => ({
  name,
  role,
  address: "10.0.0.1",
  power: { provider: "docker", container: name },
  shell: { via: "ssh", host: "10.0.0.1", keyFile: "keys/id", hostKey: "ssh-ed25519 AAAA" },
});

const good: LabFileInput = {
  version: 1,
  name: "metal",
  machines: [machine("cp1", "control-plane"), machine("w1", "worker")],
  api: { kubeconfig: "admin.conf", vip: { address: "10.0.0.9" } },
};

test("defaults are filled in", () => {
  const lab = parseLabFile(good, "lab.yaml");
  expect(lab.api.vip?.port).toBe(8443);
  expect(lab.etcd.layout).toBe("stacked");
  expect(lab.embedded).toBe(false);
});

test("paths are relative to the file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-"));
  await writeFile(join(folder, "lab.yaml"), JSON.stringify(good));
  const lab = await readLabFile(join(folder, "lab.yaml"));
  expect(lab.api.kubeconfig).toBe(join(folder, "admin.conf"));
  expect(lab.machines[0]?.shell).toMatchObject({ keyFile: join(folder, "keys/id"), port: 22, user: "root" });
});

test.each([
  ["an unknown key", { ...good, vips: [] }, /at the top level: .*vips/],
  [
    "a wrong role",
    { ...good, machines: [{ ...machine("cp1", "control-plane"), role: "master" }] },
    /machines\.0\.role/,
  ],
  ["a port out of range", { ...good, api: { kubeconfig: "x", port: 70_000 } }, /api\.port/],
  [
    "a name twice",
    { ...good, machines: [machine("a", "worker"), machine("a", "control-plane")] },
    /machine a twice/,
  ],
  [
    "external etcd without machines of its own",
    { ...good, etcd: { layout: "external" } },
    /no machine with role etcd/,
  ],
  [
    "a machine of etcd's own where etcd is stacked",
    { ...good, machines: [...good.machines, machine("etcd1", "etcd")] },
    /says that etcd is stacked/,
  ],
  ["no control plane", { ...good, machines: [machine("a", "worker")] }, /no machine with role control-plane/],
])("%s is refused with its place", (_, raw, message) => {
  expect(() => parseLabFile(raw, "lab.yaml")).toThrow(message);
});

test("a file that is not there is one sentence with a next step", async () => {
  await expect(readLabFile("/nowhere/lab.yaml")).rejects.toMatchObject({
    kind: "usage",
    message: expect.stringContaining("/nowhere/lab.yaml cannot be read") as string,
    hint: expect.stringContaining("lab up") as string,
  });
});
