// `lab up` cut off by kill -9 at several points, and run again; wrong use of the verbs, as a shell sees it.
import { execa } from "execa";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../harness/base/until.ts";
import { labDown, labFor, labStatus } from "./lab.ts";
import { hostState } from "./testing/host-state.ts";

const name = "cut";
const root = join(import.meta.dirname, "..", "..");
const kubedrill = (args: string[], env: Record<string, string> = {}) =>
  execa(process.execPath, ["harness/cli/main.ts", ...args], {
    cwd: root,
    reject: false,
    env,
    timeout: 600_000,
  });
const up = ["lab", "up", "--name", name, "--control-planes", "1", "--workers", "1"];
let before: string[] = [];

beforeAll(async () => {
  await labDown({ name, forget: true });
  before = await hostState(name);
});

afterAll(async () => {
  await labDown({ name, forget: true });
});

test.each(["network", "control plane initialized", "w1 joined", "all nodes Ready"])(
  "up, killed when it has just said %j, leaves a lab that is not taken for a whole one",
  async (words) => {
    const running = kubedrill(up);
    for await (const line of running.iterable({ from: "stderr" }))
      if (line.includes(words)) running.kill("SIGKILL");
    expect((await running).signal).toBe("SIGKILL");
    expect((await labFor(name)).state).toBe("partial");
  },
);

test("the next up ends as if nothing had been", async () => {
  const { stderr, stdout, exitCode } = await kubedrill(up);
  expect(stderr).toContain("golden state kept");
  expect(stdout).toBe("");
  expect(exitCode).toBe(0);
  expect((await labStatus({ name })).state).toBe("up");
});

test("a reset, killed in the middle, is mended by up", async () => {
  const running = kubedrill(["lab", "reset", "--name", name]);
  await until(async () => (await labFor(name)).state === "partial", {
    what: "a reset under way",
    timeoutMs: 60_000,
  });
  running.kill("SIGKILL");
  expect((await running).signal).toBe("SIGKILL");
  expect((await labFor(name)).state).toBe("partial");
  expect((await kubedrill(["lab", "up", "--name", name])).exitCode).toBe(0);
  expect((await labStatus({ name })).state).toBe("up");
});

test("env prints what a shell can evaluate, and nothing else", async () => {
  const shell = `eval "$(${process.execPath} harness/cli/main.ts lab env --name ${name})" && kubectl get nodes --output=name`;
  const { stdout } = await execa("sh", ["-c", shell], { cwd: root, timeout: 30_000 });
  expect(stdout.split("\n").toSorted()).toEqual(["node/cp1", "node/w1"]);
});

test("status --json is JSON with every machine", async () => {
  const { stdout } = await kubedrill(["lab", "status", "--name", name, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    name,
    state: "up",
    machines: [{ name: "cp1" }, { name: "w1" }],
  });
});

test("after down nothing of it is left", async () => {
  expect((await kubedrill(["lab", "down", "--name", name, "--forget"])).exitCode).toBe(0);
  expect(await hostState(name)).toEqual(before);
});

test.each([
  [["lab", "up", "--name", "Not_a_name"], /cannot be the name of a lab/],
  [["lab", "up", "--name", name, "--control-planes", "2"], /1, 3 or 5 control planes/],
  [["lab", "up", "--name", name, "--kubernetes", "1.2"], /Kubernetes 1\.2/],
  [["lab", "status", "--name", "nobody"], /not up/],
  [["lab", "reset", "--name", "nobody"], /not up/],
  [["lab", "env", "--name", "nobody"], /not up/],
])("%j: one sentence and exit code 2", async (args, sentence) => {
  const { exitCode, stderr, stdout } = await kubedrill(args);
  expect(stderr).toMatch(sentence);
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
});

test("without an engine: one sentence and exit code 2", async () => {
  const env = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };
  const { exitCode, stderr } = await kubedrill(["lab", "up", "--name", name], env);
  expect(stderr).toMatch(/engine is not running/);
  expect(exitCode).toBe(2);
});

test("a second up of the same lab waits for the first", async () => {
  const first = kubedrill(up);
  await until(async () => (await labFor(name)).state === "partial", {
    what: "an up under way",
    timeoutMs: 60_000,
  });
  const second = await kubedrill(up);
  expect(second.exitCode).toBe(0);
  expect(second.stderr).toMatch(/waiting for another kubedrill/);
  expect((await first).exitCode).toBe(0);
});
