// The harness watches itself: evidence that it was not the slow one; and it asks the kernel to be served first, because
// on a small host a cluster that recovers takes every core, and an observer that starves has seen nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Probe } from "./probe.ts";
import { startSchedule } from "./schedule.ts";

const tickMs = 1000;
/** Of the harness's own thread, which uses a fraction of a core; only root may raise it. */
const niceness = -10;
/**
 * Of the harness's session where the kernel groups tasks by session. Milder, because it counts against the whole lab: at
 * -5 the harness was late by 0.2 s in 3 % of the seconds of a drill on two processors, at 0 in 39 %.
 */
const groupNiceness = -5;
/** The delay is sampled this often; what is measured beyond it is delay. */
const resolutionMs = 10;

/** Id "harness". Gauges per second: "event-loop-delay" (greatest, ms) and "cpu" (cores, of the whole process). */
export function harnessProbe(): Probe {
  const info: Probe["info"] = {
    probe: "harness",
    title: "The harness itself",
    group: "harness",
    tickMs,
    timeoutMs: tickMs,
    labels: {},
  };
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  let stopSchedule: (() => void) | undefined;
  let takeBack: (() => void) | undefined;
  return {
    info,
    start(recorder) {
      recorder.record({ type: "probe", ...info });
      takeBack = askToBeServedFirst();
      delay.enable();
      let cpu = process.cpuUsage();
      let at = recorder.now();
      const gauge = (subject: string, value: number, unit: string) => {
        recorder.record({ type: "gauge", probe: info.probe, subject, value, unit });
      };
      stopSchedule = startSchedule({
        tickMs,
        now: () => recorder.now(),
        onTick: () => {
          const now = recorder.now();
          const used = process.cpuUsage(cpu);
          gauge("event-loop-delay", Math.max(0, Math.round(delay.max / 1e6) - resolutionMs), "ms");
          gauge("cpu", Math.round((used.user + used.system) / (now - at)) / 1000, "cores");
          delay.reset();
          cpu = process.cpuUsage();
          at = now;
        },
        onLate: (from, t) => {
          recorder.record({ type: "blind", probe: info.probe, from, t, why: "the harness was late" });
        },
      });
      return Promise.resolve();
    },
    stop() {
      stopSchedule?.();
      delay.disable();
      takeBack?.();
      return Promise.resolve();
    },
  };
}

/**
 * With sched_autogroup (the usual setting) a task's own niceness counts only inside its session's group, and the group
 * has one of its own; see sched(7). @returns what takes the group's back
 */
function askToBeServedFirst(): () => void {
  const group = "/proc/self/autogroup";
  try {
    setPriority(0, niceness);
    const before = /nice (-?\d+)/.exec(readFileSync(group, "utf8"))?.[1] ?? "0";
    writeFileSync(group, String(groupNiceness));
    return () => {
      writeFileSync(group, before);
    };
  } catch {
    // Without the right to it, or such groups, the event-loop delay tells whether it was needed.
    return () => undefined;
  }
}
