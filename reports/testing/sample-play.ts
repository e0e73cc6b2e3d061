// Plays a drill's script: what every probe would have recorded, tick by tick.
import type { FaultEvent, TimelineEvent } from "../../harness/timeline/events.ts";
import type { DrillVerdict, JudgedExpectation } from "../../harness/verdict/verdict-file.ts";
import { random } from "./random.ts";
import { machineNames } from "./sample-lab.ts";
import type { DrillScript, PromiseScript } from "./sample-script.ts";
import { sampleProbes, type SampleProbe } from "./sample-probes.ts";

export function playDrill(
  script: DrillScript,
  from: number,
): { events: TimelineEvent[]; verdict: DrillVerdict } {
  const zero = from + script.before * 1000;
  const to = zero + script.after * 1000;
  const drill = script.id;
  const at = (seconds: number): number => Math.round((zero + seconds * 1000) * 10) / 10;
  const { fault } = script;
  const faultId = `${drill}#1`;
  const faultAt = (t: number, state: FaultEvent["state"], note?: string): TimelineEvent => ({
    type: "fault",
    t: at(t),
    drill,
    fault: faultId,
    kind: fault.kind,
    title: fault.title,
    targets: fault.targets,
    state,
    band: fault.band,
    ...(note === undefined ? {} : { note }),
  });
  const judged = script.promises.map((promise) => judgedOf(promise, fault.healing, at));
  const plain: TimelineEvent[] = [
    { type: "drill", t: from, drill, title: script.title, state: "started" },
    { type: "log", t: from + 40, drill, level: "info", message: "Waiting until the lab is steady." },
    { type: "mark", t: at(-3), drill, name: "steady", note: "all nodes Ready, 13 of 13 replicas" },
    { type: "fact", t: at(-2.5), drill, name: "etcd members before", value: ["cp1", "cp2", "cp3"] },
    { type: "prediction", t: at(-2), drill, statements: script.predictions },
    ...judged.map(({ expectation }): TimelineEvent => ({
      type: "expectation",
      t: at(-2),
      drill,
      expectation,
    })),
    faultAt(-1, "ready"),
    faultAt(-0.05, "injecting"),
    { type: "mark", t: at(0), drill, name: "injected" },
    faultAt(0.02, "active"),
    faultAt(0.4, "confirmed", `${fault.targets.join(", ")} seen to be gone`),
    faultAt(fault.healing, "healing"),
    { type: "mark", t: at(fault.healing), drill, name: "healing" },
    faultAt(fault.healed, "healed"),
    {
      type: "action",
      t: at(script.after - 4),
      drill,
      name: "rollout",
      title: "Rolling out a new Deployment",
      start: at(script.after - 13),
      ok: true,
    },
    {
      type: "fact",
      t: at(script.after - 2),
      drill,
      name: "etcd members after",
      value: ["cp1", "cp2", "cp3"],
    },
    {
      type: "audit",
      t: at(script.after - 1),
      drill,
      writer: "api.vip.write.fresh",
      attempted: 1160,
      acknowledged: 1093,
      unknown: 12,
      lost: [],
    },
    { type: "mark", t: at(script.after - 0.5), drill, name: "recovered", note: "all nodes Ready" },
    { type: "drill", t: to, drill, title: script.title, state: "completed" },
    ...script.states.map(([probe, subject, t, value]): TimelineEvent => ({
      type: "state",
      t: at(t),
      probe,
      subject,
      value,
    })),
    ...script.blind.map(([probe, start, end, why]): TimelineEvent => ({
      type: "blind",
      t: at(end),
      probe,
      from: at(start),
      why,
    })),
    ...startStates(to + 500),
  ];
  const events = [...plain, ...samples(script, from, zero, to)].sort((a, b) => a.t - b.t);
  return { events, verdict: verdictOf(script, judged, from, to, faultId, at) };
}

/** Everything well: how a drill begins, and how the made-up lab is put back after it. */
export function startStates(t: number): TimelineEvent[] {
  const state = (probe: string, subject: string, value: string | number): TimelineEvent => ({
    type: "state",
    t,
    probe,
    subject,
    value,
  });
  return [
    ...machineNames.map((name) => state("machines", name, "running")),
    state("vip", "holder", "cp1"),
    state("etcd", "leader", "cp1"),
    state("etcd", "members-healthy", 3),
    ...machineNames.map((name) => state("nodes", name, "True")),
    state("workload", "ready", 13),
    ...machineNames.map((name) => state("containers", name, name.startsWith("cp") ? 9 : 7)),
  ];
}

/** A read takes some 8 ms, a write 20, seldom ten times that; every one more while etcd elects. */
function samples(script: DrillScript, from: number, zero: number, to: number): TimelineEvent[] {
  const dice = random(script.id.length * 7919);
  return sampleProbes().flatMap((probe) => {
    if (["machines", "vip", "etcd", "nodes", "workload", "containers", "harness"].includes(probe.probe))
      return [];
    const ticks = Math.floor((to - from - 300) / probe.tickMs);
    return Array.from({ length: ticks }, (_, tick): TimelineEvent =>
      attempt(script, probe, zero, from + tick * probe.tickMs + dice() * 4, dice),
    );
  });
}

function attempt(
  script: DrillScript,
  probe: SampleProbe,
  zero: number,
  start: number,
  dice: () => number,
): TimelineEvent {
  const seconds = (start - zero) / 1000;
  const outage = script.down.find(
    ([prefix, from, to]) => probe.probe.startsWith(prefix) && seconds >= from && seconds < to,
  );
  const typical = probe.labels.verb === "write" ? 20 : 8;
  const slow = dice() < 0.01 ? 12 : 1 + (seconds > 0 && seconds < 6 ? 3 * dice() : 0);
  const took =
    outage === undefined
      ? typical * (0.6 + dice() * 0.8) * slow
      : outage[3] === "timeout"
        ? 2000
        : 4 + dice() * 30;
  const event = {
    type: "sample" as const,
    t: Math.round((start + took) * 10) / 10,
    probe: probe.probe,
    start: Math.round(start * 10) / 10,
  };
  return outage === undefined ? { ...event, ok: true } : { ...event, ok: false, error: outage[3] };
}

function judgedOf(
  promise: PromiseScript,
  healing: number,
  at: (seconds: number) => number,
): JudgedExpectation {
  const afterHeal = /back|controllers/.test(promise.id) && promise.at !== undefined && promise.at > healing;
  const { id, title, judge, unit, budget, why } = promise;
  return {
    expectation: {
      id,
      title,
      judge,
      unit,
      budget,
      why,
      window: afterHeal ? { from: "healing" } : { from: "injected", to: "healing" },
      inputs:
        budget === null
          ? []
          : [{ name: "budget", value: budget, unit: unit === "s" ? "s" : "", source: "settings of the lab" }],
      ...(promise.expected === undefined ? {} : { expected: promise.expected }),
      ...(promise.link === undefined ? {} : { link: promise.link }),
      ...(promise.headline === undefined ? {} : { headline: promise.headline }),
    },
    judgement: {
      verdict: promise.verdict,
      measured: promise.measured,
      uncertainty: promise.uncertainty ?? 0,
      seen: promise.seen,
      settled: true,
      at: promise.at === undefined ? null : at(promise.at),
    },
    foldedUnder: promise.id === "api.back" && promise.verdict === "fail" ? "quorum.back" : null,
    brokenAt: promise.verdict === "fail" ? at(promise.at ?? healing) : null,
  };
}

function verdictOf(
  script: DrillScript,
  expectations: JudgedExpectation[],
  fromMs: number,
  toMs: number,
  fault: string,
  at: (seconds: number) => number,
): DrillVerdict {
  const failed = expectations.find(({ judgement }) => judgement.verdict === "fail");
  return {
    id: script.id,
    title: script.title,
    verdict: script.gap !== undefined ? "inconclusive" : failed === undefined ? "pass" : "fail",
    reason:
      script.gap ??
      (failed === undefined ? "Everything held." : `${failed.expectation.title}: ${failed.judgement.seen}`),
    state: "completed",
    fromMs,
    toMs,
    evidence:
      script.gap === undefined ? [] : [{ what: "probe", subject: "http.ingress.w1", sentence: script.gap }],
    expectations,
    faults: [
      {
        id: fault,
        kind: script.fault.kind,
        title: script.fault.title,
        targets: script.fault.targets,
        injectedAt: at(0),
        confirmedAt: at(0.4),
        healedAt: at(script.fault.healed),
      },
    ],
  };
}
