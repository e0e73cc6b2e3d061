import { execa } from "execa";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newSshKeyPair } from "./keys.ts";
import { planLayout } from "./layout.ts";
import { machineFiles, packFiles } from "./machine-files.ts";

test("secrets are for root alone, programs can be run, units are enabled, / is not touched", async () => {
  const layout = planLayout({
    name: "test",
    kubernetes: "v1.35.0",
    controlPlanes: 1,
    workers: 1,
    workerMemoryGiB: 6,
    etcdLayout: "stacked",
    etcdRuntime: "pod",
    subnet: "10.201.0.0/16",
  });
  const [machine] = layout.machines;
  if (machine === undefined) throw new Error("no machine");
  const keys = { host: await newSshKeyPair(), authorized: (await newSshKeyPair()).publicKey };
  const scratch = await mkdtemp(join(tmpdir(), "kubedrill-files-"));
  const archive = await packFiles(machineFiles(layout, machine, keys, 24 * 2 ** 30), join(scratch, "files"));
  const { stdout } = await execa("tar", ["-tv"], { input: archive });
  const modes = new Map(
    stdout.split("\n").map((line) => {
      const [mode = "", owner = "", _size, _date, _time, path = ""] = line.split(/\s+/);
      return [path, `${mode} ${owner}`] as const;
    }),
  );
  expect(modes.get("etc/ssh/ssh_host_ed25519_key")).toBe("-rw------- root/root");
  expect(modes.get("root/")).toBe("drwx------ root/root");
  expect(modes.get("root/.ssh/authorized_keys")).toBe("-rw------- root/root");
  expect(modes.get("etc/keepalived/check-apiserver.sh")).toBe("-rwxr-xr-x root/root");
  expect(modes.get("etc/systemd/system/multi-user.target.wants/haproxy.service")).toMatch(/^l/);
  expect(modes.has("./")).toBe(false);
  await rm(scratch, { recursive: true });
});
