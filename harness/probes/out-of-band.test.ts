// The probes that ask machines by their shell: the real scripts run on this host against stand-ins for ip and crictl.
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { until } from "../base/until.ts";
import type { Recorder } from "../timeline/recorder.ts";
import { containersProbe, containersScript } from "./containers.ts";
import { machinesProbe, type PowerWatch } from "./machines.ts";
import type { Probe } from "./probe.ts";
import { localMachine, type LocalMachine } from "./testing/local-machine.ts";
import { testRecorder } from "./testing/test-recorder.ts";
import { holderOf, vipProbe } from "./vip.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubedrill-band-"));
  return () => rm(folder, { recursive: true });
});

describe("the VIP", () => {
  it("is followed from machine to machine, through none and two, at once when the kernel reports it", async () => {
    const [cp1, cp2] = [await machineWithIp("cp1", true), await machineWithIp("cp2", false)];
    const recorder = testRecorder();
    const { power, stop } = await powerOf(recorder, [cp1, cp2]);
    // Only the kernel's report can be the reason for a change within the test's time.
    const probe = vipProbe({
      address: "10.0.0.100",
      machines: [cp1.machine, cp2.machine],
      power,
      tickMs: 60_000,
    });
    const stopVip = await started(recorder, probe);
    await value(recorder, "vip", "holder", "cp1");
    expect(last(recorder, "vip", "holders")).toBe(1);
    await hold("cp2", true);
    await value(recorder, "vip", "holder", "cp1+cp2");
    await hold("cp1", false);
    await value(recorder, "vip", "holder", "cp2");
    await hold("cp2", false);
    await value(recorder, "vip", "holders", 0);
    expect(last(recorder, "vip", "holder")).toBeNull();
    await stopVip();
    await stop();
  });

  it("is not held by a machine without power; one that is merely not seen is blind", async () => {
    const [cp1, cp2] = [await machineWithIp("cp1", true), await machineWithIp("cp2", true)];
    const recorder = testRecorder();
    const { power, stop } = await powerOf(recorder, [cp1, cp2]);
    const probe = vipProbe({
      address: "10.0.0.100",
      machines: [cp1.machine, cp2.machine],
      power,
      tickMs: 100,
    });
    const stopVip = await started(recorder, probe);
    await value(recorder, "vip", "holders", 2);
    cp1.power = "off";
    cp1.breakStreams();
    await value(recorder, "vip", "holder", "cp2");
    expect(last(recorder, "vip", "cp1")).toBe(false);
    expect(blindSubjects(recorder, "vip")).not.toContain("cp1");
    cp2.power = "frozen";
    cp2.breakStreams();
    await value(recorder, "vip", "holders", 0);
    expect(last(recorder, "vip", "cp2")).toBe(true);
    await until(() => blindSubjects(recorder, "vip").includes("cp2"), {
      what: "blindness",
      timeoutMs: 10_000,
    });
    cp1.power = "running";
    await value(recorder, "vip", "cp1", true);
    await stopVip();
    await stop();
  });

  it("has holders in order, and says whom it does not see", () => {
    const has = new Map([
      ["cp3", true],
      ["cp1", true],
      ["cp2", undefined],
    ]);
    expect(holderOf(has)).toEqual({ holder: "cp1+cp3", holders: 2, unseen: ["cp2"] });
    expect(holderOf(new Map([["cp1", false]]))).toEqual({ holder: null, holders: 0, unseen: [] });
  });
});

describe("containers", () => {
  const subject = "w1/demo/web-1/web";

  it("are seen to live, to be replaced and to go, and the runtime's silence is blindness", async () => {
    const w1 = localMachine("w1", folder);
    await crictlSays([["a1", 0]]);
    const recorder = testRecorder();
    const { power, stop } = await powerOf(recorder, [w1]);
    const probe = containersProbe({ machines: [w1.machine], power, tickMs: 50 });
    const stopContainers = await started(recorder, probe);
    await value(recorder, "containers", subject, "a1");
    await crictlSays([["b2", 1]]);
    await value(recorder, "containers", subject, "b2");
    expect(recorder.store.states.get("containers")?.get(subject)?.at(-1)?.note).toBe(
      "attempt 1, created 2025-11-21T11:00:00.123Z",
    );
    await program("crictl", "exit 1");
    await until(() => blindSubjects(recorder, "containers").includes("w1/*"), {
      what: "blindness",
      timeoutMs: 10_000,
    });
    expect(last(recorder, "containers", subject)).toBe("b2");
    await crictlSays([]);
    await value(recorder, "containers", subject, null);
    await stopContainers();
    await stop();
  });

  it("are asked of the runtime only when the living tasks have changed, and once more after that", async () => {
    const tasks = join(folder, "tasks");
    await mkdir(join(tasks, "a1"), { recursive: true });
    await writeFile(join(tasks, "a1", "init.pid"), String(process.pid));
    await program("crictl", `echo asked >> ${folder}/asked; echo '{"containers": []}'`);
    const local = localMachine("w1", folder);
    const lines: string[] = [];
    const control = new AbortController();
    const streaming = local.machine.shell.stream(containersScript(20, tasks), {
      signal: control.signal,
      silenceMs: 5000,
      onLine: (line) => lines.push(line),
    });
    await until(() => lines.length >= 10, { what: "lines", timeoutMs: 10_000, intervalMs: 20 });
    // A task may live before the runtime calls its container running.
    const list = '{"containers": []}';
    expect(lines.slice(0, 10)).toEqual([list, "same", list, ...Array.from({ length: 7 }, () => "same")]);
    // The process of a task that is gone: the folder alone does not make it alive.
    await writeFile(join(tasks, "a1", "init.pid"), "4194304999");
    const seen = lines.length;
    await until(() => lines.length >= seen + 8, { what: "more lines", timeoutMs: 10_000, intervalMs: 20 });
    // Long before it is asked anyway.
    expect(lines.slice(seen, seen + 8).filter((each) => each === list)).toHaveLength(2);
    control.abort();
    await streaming;
  });
});

/** A machine whose `ip` reads whether it holds the address from a file, and reports changes of it. */
async function machineWithIp(name: string, holds: boolean): Promise<LocalMachine> {
  const programs = join(folder, name);
  await mkdir(programs);
  await hold(name, holds);
  const monitor = `exec tail -n 0 -f ${programs}/events`;
  const show = `[ $(cat ${programs}/holds) = true ] && echo "2: eth0 inet 10.0.0.100/32 scope global secondary eth0"`;
  await program("ip", `case "$*" in *monitor*) ${monitor} ;; *) ${show} ;; esac`, programs);
  return localMachine(name, programs);
}

async function hold(name: string, holds: boolean): Promise<void> {
  await writeFile(join(folder, name, "holds"), String(holds));
  await writeFile(join(folder, name, "events"), "2: eth0 inet 10.0.0.100/32\n", { flag: "a" });
}

function crictlSays(containers: [id: string, attempt: number][]): Promise<void> {
  const list = containers.map(([id, attempt]) => ({
    id,
    metadata: { name: "web", attempt },
    state: "CONTAINER_RUNNING",
    createdAt: "1763722800123456789",
    labels: {
      "io.kubernetes.container.name": "web",
      "io.kubernetes.pod.name": "web-1",
      "io.kubernetes.pod.namespace": "demo",
    },
  }));
  return program("crictl", `cat <<'END'\n${JSON.stringify({ containers: list }, null, 1)}\nEND`);
}

async function program(name: string, script: string, where = folder): Promise<void> {
  await writeFile(join(where, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(where, name), 0o755);
}

async function powerOf(
  recorder: Recorder,
  machines: LocalMachine[],
): Promise<{ power: PowerWatch; stop: () => Promise<void> }> {
  const power = machinesProbe(
    machines.map((each) => each.machine),
    100,
  );
  return { power, stop: await started(recorder, power) };
}

/** Starts a probe; returns the way to stop it. */
async function started(recorder: Recorder, probe: Probe): Promise<() => Promise<void>> {
  await probe.start(recorder);
  return () => probe.stop();
}

function last(recorder: Recorder, probe: string, subject: string): unknown {
  return recorder.store.states.get(probe)?.get(subject)?.at(-1)?.value;
}

function value(recorder: Recorder, probe: string, subject: string, wanted: unknown): Promise<boolean> {
  return until(() => last(recorder, probe, subject) === wanted, {
    what: `${subject} to be ${String(wanted)}`,
    timeoutMs: 10_000,
    intervalMs: 20,
  });
}

function blindSubjects(recorder: Recorder, probe: string): (string | undefined)[] {
  return recorder.store.blind.filter((each) => each.probe === probe).map((each) => each.subject);
}
