// A real lab through its life: made, left alone, broken, woken, restored, removed without a trace.
import { execa } from "execa";
import { readFile, stat } from "node:fs/promises";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { until } from "../../harness/base/until.ts";
import { readLabFile } from "../../harness/lab/lab-file.ts";
import { apiClient } from "./cluster/api.ts";
import { docker, onMachine } from "./cluster/engine.ts";
import { labPaths } from "./cluster/lab-files.ts";
import { demoHost } from "./cluster/ready.ts";
import { labDown, labFor, labReset, labStatus, labUp } from "./lab.ts";
import { ensureMachineImage } from "./machine-image/ensure-machine-image.ts";
import { hostState } from "./testing/host-state.ts";
import { outerDevice, watchPackets } from "./testing/packet-watch.ts";

const name = "e2e";
const paths = labPaths(name);
const container = (machine: string) => `${name}-${machine}`;
const kubectl = async (...args: string[]) =>
  (await execa(`${paths.bin}/kubectl`, [`--kubeconfig=${paths.kubeconfig}`, ...args], { timeout: 30_000 }))
    .stdout;
let image = "";
let before: string[] = [];

beforeAll(async () => {
  ({ image } = await ensureMachineImage({ onProgress: () => undefined }));
  await labDown({ name, forget: true });
  before = await hostState(name);
});

afterAll(async () => {
  await labDown({ name, forget: true });
});

test("up makes a lab in which everything answers", async () => {
  await labUp({ name });
  const status = await labStatus({ name });
  expect(status.state).toBe("up");
  expect(status.machines.map((each) => each.name)).toEqual(["cp1", "cp2", "cp3", "w1", "w2"]);
  expect(status.machines.filter((each) => each.holdsVip).map((each) => each.name)).toEqual(["cp1"]);
  expect(await labFor(name)).toEqual({ labFile: paths.labFile, state: "up" });
});

test("keys and credentials are for their owner alone, and the lab file names the machines by what they are", async () => {
  for (const path of [paths.kubeconfig, paths.sshKey, paths.labFile])
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  const lab = await readLabFile(paths.labFile);
  for (const machine of lab.machines) {
    const machineId = await onMachine(container(machine.name), ["cat", "/etc/machine-id"]);
    expect(machine.identity?.machineId).toBe(machineId);
    const hostKey = await onMachine(container(machine.name), ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]);
    expect(machine.shell).toMatchObject({ via: "ssh", hostKey });
  }
  const uid = await kubectl("get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}");
  expect(lab.identity?.clusterUid).toBe(uid);
});

test("a worker presents 6 GiB, whatever this host has", async () => {
  const memory = await kubectl("get", "node", "w1", "--output=jsonpath={.status.allocatable.memory}");
  expect(memory).toMatch(/Mi$/);
  const gib = Number(memory.replace("Mi", "")) / 1024;
  // 100 MiB are kept back for evictions.
  expect(gib).toBeGreaterThan(5.8);
  expect(gib).toBeLessThanOrEqual(6);
});

test("up on a lab that is up changes nothing", async () => {
  const look = () =>
    docker([
      "inspect",
      "--format={{.Id}} {{.State.StartedAt}}",
      ...["cp1", "cp2", "cp3", "w1", "w2"].map(container),
    ]);
  const earlier = [await look(), await readFile(paths.labFile, "utf8")];
  await labUp({ name });
  expect([await look(), await readFile(paths.labFile, "utf8")]).toEqual(earlier);
});

test("another shape than the lab has is refused", async () => {
  await expect(labUp({ name, workers: 3 })).rejects.toMatchObject({ kind: "usage" });
});

test("no packet for machines, pods, services or VIP leaves by the outer interface", async () => {
  const { subnet, vip } = await labStatus({ name });
  const bridge = `br-${(await docker(["network", "inspect", "--format={{.Id}}", `kubedrill-${name}`])).slice(0, 12)}`;
  const [outer, inner] = await Promise.all([
    watchPackets(image, await outerDevice(), subnet),
    watchPackets(image, bridge, subnet),
  ]);
  const prefix = subnet.split(".").slice(0, 2).join(".");
  const pod = await kubectl("get", "pods", "--namespace=demo", "--output=jsonpath={.items[0].status.podIP}");
  // What exists and what does not: a machine, VIP, pod and service, and an unused address of each kind.
  const targets = [
    `${prefix}.0.21:80`,
    vip,
    `${pod}:8080`,
    `${prefix}.64.1:443`,
    `${prefix}.0.99:80`,
    `${prefix}.200.9:80`,
    `${prefix}.80.9:80`,
  ];
  const script = targets.map((each) => `curl -sk -o /dev/null --max-time 2 http://${each}/`).join("; ");
  await Promise.all([
    execa("sh", ["-c", script], { reject: false, timeout: 60_000 }),
    onMachine(container("w1"), ["sh", "-c", `${script}; true`], { timeoutMs: 60_000 }),
    onMachine(container("cp1"), ["sh", "-c", `${script}; true`], { timeoutMs: 60_000 }),
  ]);
  const [leaked, seen] = await Promise.all([outer.stop(), inner.stop()]);
  expect(seen).toBeGreaterThan(0);
  expect(leaked).toBe(0);
  const routes = await execa("ip", ["-4", "route", "show", "type", "unreachable"]);
  expect(routes.stdout).toContain(subnet);
  expect(await onMachine(container("w1"), ["ip", "-4", "route", "show", "default"])).toBe("");
});

test("a machine that lost its power comes back by itself: node, routes, VIP, pods", async () => {
  const routes = () => onMachine(container("cp1"), ["sh", "-c", "ip -4 route show | grep ' via ' | sort"]);
  const earlier = await routes();
  expect(earlier.split("\n")).toHaveLength(4);
  await docker(["kill", container("cp1"), container("w1")]);
  await until(async () => (await labStatus({ name })).machines.some((each) => each.holdsVip), {
    what: "another VIP holder",
    timeoutMs: 60_000,
  });
  expect(await labFor(name)).toMatchObject({ state: "stopped" });
  await docker(["start", container("cp1"), container("w1")]);
  const back = await until(
    async () => {
      const status = await labStatus({ name });
      return status.state === "up" && status.machines[0]?.holdsVip === true && status;
    },
    { what: "all nodes Ready and the VIP on cp1", timeoutMs: 180_000, intervalMs: 1_000 },
  );
  expect(back.machines.filter((each) => each.holdsVip)).toHaveLength(1);
  expect(await routes()).toBe(earlier);
  await until(() => ingressAnswers(), { what: "the ingress of w1", timeoutMs: 120_000 });
});

test("up wakes machines that are off or frozen", async () => {
  await docker(["kill", container("w2")]);
  await docker(["pause", container("cp2")]);
  await labUp({ name });
  const { machines, state } = await labStatus({ name });
  expect(machines.map((each) => each.power)).toEqual(Array.from({ length: 5 }, () => "running"));
  expect(state).toBe("up");
});

test("reset brings back what was there at first, with the same keys and cluster", async () => {
  const lab = await readFile(paths.labFile, "utf8");
  await kubectl("create", "configmap", "later", "--namespace=demo");
  await onMachine(container("cp2"), ["rm", "-rf", "/etc/kubernetes/manifests"]);
  await docker(["rm", "--force", container("w2")]);
  await expect(labUp({ name })).rejects.toMatchObject({
    kind: "usage",
    message: expect.stringContaining("w2") as string,
  });
  await labReset({ name });
  expect(await readFile(paths.labFile, "utf8")).toBe(lab);
  expect((await labStatus({ name })).state).toBe("up");
  expect(await kubectl("get", "configmaps", "--namespace=demo", "--output=name")).not.toContain("later");
});

test("controllers really work after a restore: a new deployment is rolled out", async () => {
  const agnhost = (await readLabFile(paths.labFile)).demo.image;
  await kubectl("create", "deployment", "fresh", "--namespace=demo", `--image=${agnhost}`, "--replicas=2");
  await kubectl("rollout", "status", "deployment/fresh", "--namespace=demo", "--timeout=25s");
});

test("down leaves nothing behind, and the next up comes from the golden state with the same identity", async () => {
  const api = await apiClient(paths.kubeconfig);
  const uid = async () =>
    (await api.get("/api/v1/namespaces/kube-system", namespace, AbortSignal.timeout(10_000))).metadata.uid;
  const earlier = await uid();
  expect(await labDown({ name })).toBe(true);
  expect(await hostState(name)).toEqual(before);
  expect(await labFor(name)).toMatchObject({ state: "absent" });
  await expect(stat(paths.labFile)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await labDown({ name })).toBe(false);
  const lines: string[] = [];
  await labUp({ name, onProgress: (line) => lines.push(line) });
  expect(lines.join("\n")).toContain("golden");
  expect(await uid()).toBe(earlier);
  await labDown({ name });
  expect(await hostState(name)).toEqual(before);
});

async function ingressAnswers(): Promise<boolean> {
  const { machines } = await readLabFile(paths.labFile);
  const address = machines.find((each) => each.name === "w1")?.address ?? "";
  const { statusCode, body } = await request(`http://${address}/`, {
    headers: { host: demoHost },
    signal: AbortSignal.timeout(2_000),
  });
  await body.dump();
  return statusCode === 200;
}

const namespace = z.object({ metadata: z.object({ uid: z.string() }) });
