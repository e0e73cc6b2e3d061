// Power and docker-exec shell against the real engine, with small containers of the machine image that never become a
// cluster. Needs an engine and the machine image (`kubedrill lab up` makes it).
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../base/until.ts";
import { dockerExecShell } from "../shell/docker-exec.ts";
import { dockerPower } from "./docker.ts";

const container = `kubedrill-test-${randomBytes(4).toString("hex")}`;
const stubborn = `${container}-stubborn`;
const power = dockerPower(container, "m1");

beforeAll(async () => {
  const { stdout } = await docker("image", "ls", "--quiet", "--filter", "reference=kubedrill/machine");
  const image = stdout.split("\n")[0];
  if (image === undefined || image === "")
    throw new Error("there is no machine image; run: kubedrill lab up");
  // The first says goodbye on its stop signal; the second does not listen.
  await create(container, image, "trap 'echo goodbye; exit 0' TERM; echo up; while :; do sleep 0.1; done");
  await create(stubborn, image, "trap '' TERM; while :; do sleep 0.1; done");
});

afterAll(async () => {
  await docker("rm", "--force", container, stubborn);
});

describe("docker power", () => {
  test("on, cut, and both again without effect", async () => {
    expect(await power.status()).toBe("off");
    await power.cut();
    await power.on();
    await power.on();
    expect(await power.status()).toBe("running");
    await power.cut();
    expect(await power.status()).toBe("off");
    await power.cut();
    expect(await logs()).toEqual(["up"]);
  });

  test("a clean shutdown gives the machine its say", async () => {
    await power.on();
    await until(async () => (await logs()).length === 2, { what: "the boot", timeoutMs: 10_000 });
    await power.shutdown();
    await power.shutdown();
    expect(await power.status()).toBe("off");
    expect((await logs()).at(-1)).toBe("goodbye");
  });

  test("freeze and thaw; on brings a frozen machine back too, and it can be cut while frozen", async () => {
    await expect(power.freeze()).rejects.toThrow("m1 cannot be frozen: it is off.");
    await power.thaw();
    await power.on();
    await power.freeze();
    await power.freeze();
    expect(await power.status()).toBe("frozen");
    await expect(power.shutdown()).rejects.toThrow("m1 cannot be shut down: it is frozen.");
    await power.on();
    expect(await power.status()).toBe("running");
    await power.freeze();
    await power.thaw();
    await power.thaw();
    expect(await power.status()).toBe("running");
    await power.freeze();
    const before = await logs();
    await power.cut();
    expect(await power.status()).toBe("off");
    expect(await logs()).toEqual(before);
  });

  test("what is frozen inside a machine does not keep it alive", async () => {
    await power.on();
    const { stdout } = await docker("inspect", "--format={{.State.Pid}}", container);
    const pid = Number(stdout);
    await until(async () => (await processes()).some((each) => each.includes("sleep")), {
      what: "a process in the container",
      timeoutMs: 10_000,
      intervalMs: 10,
    });
    await freezeChild(pid);
    await power.cut();
    expect(await power.status()).toBe("off");
  });

  test("a machine that ignores the shutdown is left running, and that is an error", async () => {
    const ignoring = dockerPower(stubborn, "m2", { shutdownMs: 1500 });
    await ignoring.on();
    await expect(ignoring.shutdown()).rejects.toThrow(
      "m2 did not shut down within 1.5 s; it was not ended hard.",
    );
    // Longer than an engine that had fallen back to SIGKILL would need.
    await expect(
      until(async () => (await ignoring.status()) !== "running", { what: "its end", timeoutMs: 12_000 }),
    ).rejects.toThrow(/Waited 12 s for its end/);
    await ignoring.cut();
    expect(await ignoring.status()).toBe("off");
  });

  test("a container that does not exist is missing, and nothing can be done to it", async () => {
    const missing = dockerPower(`${container}-none`, "m3");
    expect(await missing.status()).toBe("missing");
    await expect(missing.on()).rejects.toThrow("m3 cannot be powered on: it is missing.");
    await expect(missing.cut()).rejects.toThrow(/refuses to kill.* m3: .*No such container/i);
  });
});

describe("docker exec shell", () => {
  const shell = dockerExecShell(container, "m1");

  test("runs, reads, streams; says what failed; leaves nothing behind", async () => {
    await power.on();
    const result = await shell.run("cat; echo problem >&2; exit 3", {
      timeoutMs: 10_000,
      stdin: "in\n",
      okExitCodes: [3],
    });
    expect(result).toEqual({ exitCode: 3, stdout: "in\n", stderr: "problem\n" });
    await expect(shell.run("echo why >&2; exit 4", { timeoutMs: 10_000 })).rejects.toThrow(
      "On m1: `echo why >&2; exit 4` exited with 4: why.",
    );
    await shell.run("printf '\\377\\000x' > /tmp/bytes", { timeoutMs: 10_000 });
    expect([...(await shell.readFile("/tmp/bytes", { timeoutMs: 10_000 }))]).toEqual([255, 0, 120]);

    const stop = new AbortController();
    const lines: string[] = [];
    const streaming = shell.stream("while :; do echo tick; sleep 0.077; done", {
      signal: stop.signal,
      silenceMs: 10_000,
      onLine: (line) => lines.push(line),
    });
    await until(() => lines.length > 3, { what: "lines", timeoutMs: 10_000 });
    stop.abort();
    await streaming;
    await expect(shell.run("sleep 77", { timeoutMs: 500 })).rejects.toThrow(/took longer than 0.5 s/);
    await until(async () => !(await processes()).some((each) => /sleep (0.077|77)/.test(each)), {
      what: "the commands to end in the container",
      timeoutMs: 10_000,
    });
  });

  test("frozen, cut in mid-command, and off are errors within the limit", async () => {
    await power.on();
    const running = shell.run("sleep 30", { timeoutMs: 20_000 });
    const outcome = expect(running).rejects.toThrow(/On m1: `sleep 30`/);
    await until(async () => (await processes()).some((each) => each.includes("sleep 30")), {
      what: "the command",
      timeoutMs: 10_000,
    });
    await power.freeze();
    await expect(shell.run("true", { timeoutMs: 3000 })).rejects.toThrow(/On m1: `true`/);
    await power.cut();
    await outcome;
    await expect(shell.run("true", { timeoutMs: 10_000 })).rejects.toThrow(/is not running/);
  });
});

async function create(name: string, image: string, script: string): Promise<void> {
  const label = ["--label", "kubedrill.lab=test"];
  await docker(
    "create",
    "--name",
    name,
    ...label,
    "--stop-signal",
    "TERM",
    "--entrypoint",
    "sh",
    image,
    "-c",
    script,
  );
}

/** Freezes a process that lives in the container, in a cgroup of its own below the container's, as runc does with a pod. */
async function freezeChild(init: number): Promise<void> {
  await docker("exec", "--detach", container, "sleep", "600");
  const sleeping = await until(
    async () => {
      const lines = (await docker("top", container, "-eo", "pid,args")).stdout.split("\n");
      return lines
        .find((each) => each.includes("sleep 600"))
        ?.trim()
        .split(" ")[0];
    },
    { what: "the process to freeze", timeoutMs: 10_000, intervalMs: 50 },
  );
  const cgroups = (await readFile(`/proc/${String(init)}/cgroup`, "utf8")).split("\n");
  const first = cgroups.find((each) => each.includes(":freezer:"));
  const path = (first ?? cgroups.find((each) => each.startsWith("0::")) ?? "").split(":").slice(2).join(":");
  const own = join("/sys/fs/cgroup", first === undefined ? "" : "freezer", path, "pod");
  await mkdir(own);
  await writeFile(join(own, "cgroup.procs"), sleeping);
  await (first === undefined
    ? writeFile(join(own, "cgroup.freeze"), "1")
    : writeFile(join(own, "freezer.state"), "FROZEN"));
}

async function logs(): Promise<string[]> {
  return (await docker("logs", container)).stdout.split("\n");
}

async function processes(): Promise<string[]> {
  return (await docker("top", container, "-eo", "pid,args")).stdout.split("\n");
}

async function docker(...args: string[]): Promise<{ stdout: string }> {
  return execa("docker", args, { timeout: 30_000 });
}
