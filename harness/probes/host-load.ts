// On a lab whose machines are containers of this host, other programs take processors away from the cluster itself, and
// so do other machines where this host is a virtual one.
// What is late then is not the cluster's fault, so how much they take is evidence that judges look at.
import { readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Probe } from "./probe.ts";
import { startSchedule } from "./schedule.ts";

const tickMs = 1000;
/** Linux counts processor time for programs in this unit, whatever the kernel's own tick is (USER_HZ). */
const jiffyMs = 10;

/**
 * Id "host". Gauges per second, shares (0 to 1) of all processors: "others-cpu", what others used; "idle-cpu", what nobody
 * used.
 */
export function hostLoadProbe(cgroups = "/sys/fs/cgroup"): Probe {
  const info: Probe["info"] = {
    probe: "host",
    title: "Others on the lab's processors",
    group: "harness",
    tickMs,
    timeoutMs: tickMs,
    labels: {},
  };
  let stopSchedule: (() => void) | undefined;
  return {
    info,
    async start(recorder) {
      recorder.record({ type: "probe", ...info });
      let last = await look(cgroups);
      let from = recorder.now();
      const onTick = async () => {
        const next = await look(cgroups);
        const gauge = (subject: string, share: number) => {
          const value = Math.round(share * 1000) / 1000;
          recorder.record({ type: "gauge", probe: info.probe, subject, value, unit: "share" });
        };
        if (last !== undefined && next !== undefined) {
          gauge("others-cpu", othersShare(last, next, availableParallelism()));
          gauge("idle-cpu", idleShare(last, next, availableParallelism()));
        } else
          recorder.record({ type: "blind", probe: info.probe, from, t: recorder.now(), why: unreadable });
        last = next;
        from = recorder.now();
      };
      stopSchedule = startSchedule({
        tickMs,
        now: () => recorder.now(),
        onTick: () => void onTick(),
        onLate: (from, t) => {
          recorder.record({ type: "blind", probe: info.probe, from, t, why: "the harness was late" });
        },
      });
    },
    stop() {
      stopSchedule?.();
      return Promise.resolve();
    },
  };
}

const unreadable = "the kernel's processor times cannot be read";

/** Processor time since boot, ms. */
export interface CpuTimes {
  /** Monotonic, ms. */
  atMs: number;
  /** In which nothing ran. */
  idle: number;
  /** In programs, not in the kernel. As what follows. */
  all: number;
  /** Of the engine's containers; of those that run now. */
  containers: number;
  /** Of this process. */
  own: number;
}

/** Share of all processors that neither the containers nor this process used; a container that ended does not make it negative. */
export function othersShare(before: CpuTimes, after: CpuTimes, processors: number): number {
  const passed = (after.atMs - before.atMs) * processors;
  if (passed <= 0) return 0;
  const containers = Math.max(0, after.containers - before.containers);
  const others = after.all - before.all - containers - (after.own - before.own);
  return Math.min(1, Math.max(0, others / passed));
}

/** Share of all processors that nobody used. */
export function idleShare(before: CpuTimes, after: CpuTimes, processors: number): number {
  const passed = (after.atMs - before.atMs) * processors;
  return passed <= 0 ? 1 : Math.min(1, Math.max(0, (after.idle - before.idle) / passed));
}

/**
 * Time in programs, ms, from /proc/stat: user and nice, and what a hypervisor gave to others while something here
 * wanted to run (steal; proc_stat(5)).
 */
export function programMs(procStat: string): number {
  const [user = 0, nice = 0, , , , , , steal = 0] = columnsOf(procStat);
  return (user + nice + steal) * jiffyMs;
}

/** Time in which nothing ran, ms: idle, also while something waited for a disk (iowait; proc_stat(5)). */
export function idleMs(procStat: string): number {
  const [, , , idle = 0, iowait = 0] = columnsOf(procStat);
  return (idle + iowait) * jiffyMs;
}

function columnsOf(procStat: string): number[] {
  return (procStat.split("\n")[0] ?? "").trim().split(/\s+/).slice(1).map(Number);
}

async function look(cgroups: string): Promise<CpuTimes | undefined> {
  try {
    const [stat, containers] = await Promise.all([readFile("/proc/stat", "utf8"), containersMs(cgroups)]);
    const own = process.cpuUsage().user / 1000;
    return { atMs: performance.now(), idle: idleMs(stat), all: programMs(stat), containers, own };
  } catch {
    return undefined;
  }
}

/** Cgroup v1 has one group for all containers; v2 too, or one a container below system.slice when systemd drives it. */
async function containersMs(cgroups: string): Promise<number> {
  const v1 = await text(join(cgroups, "cpuacct", "docker", "cpuacct.usage_user"));
  if (v1 !== undefined) return Number(v1) / 1e6;
  const together = await text(join(cgroups, "docker", "cpu.stat"));
  if (together !== undefined) return userMs(together);
  const slice = join(cgroups, "system.slice");
  const scopes = (await readdir(slice)).filter((each) => each.startsWith("docker-"));
  const each = await Promise.all(scopes.map((scope) => text(join(slice, scope, "cpu.stat"))));
  return each.reduce((sum, stat) => sum + userMs(stat ?? ""), 0);
}

/** Time in programs, ms, from a group's cpu.stat of cgroup v2. */
export function userMs(cpuStat: string): number {
  return Number(/^user_usec (\d+)$/m.exec(cpuStat)?.[1] ?? 0) / 1000;
}

function text(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
