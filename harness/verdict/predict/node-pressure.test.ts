import { describe, expect, it } from "vitest";
import type { MachineMemory } from "../../lab/memory.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { worker } from "../testing/room.ts";
import { drill, injectMs, Simulation } from "../testing/simulate.ts";
import { fillsFor, predictNodePressure, pressurePods, rampMs } from "./index.ts";

const MiB = 2 ** 20;
const room = [worker("w1", 4), worker("w2", 10)];
const pods = pressurePods(room);
const memory: MachineMemory = {
  machine: "w1",
  freeBytes: 2000 * MiB,
  usedBytes: 2000 * MiB,
  signal: "allocatableMemory.available",
  thresholdBytes: { value: 100 * MiB, source: "a test" },
  transitionMs: { value: 300_000, source: "a test" },
  pods: [
    { namespace: "demo", name: "best-effort", usedBytes: 1024 * MiB, requestedBytes: 0 },
    { namespace: "demo", name: "burstable", usedBytes: 819 * MiB, requestedBytes: 64 * MiB },
    { namespace: "demo", name: "guaranteed", usedBytes: 64 * MiB, requestedBytes: 128 * MiB },
    { namespace: "kube-system", name: "proxy", usedBytes: 30 * MiB, requestedBytes: 0 },
  ],
};
const plan = { memory, room, pods, askedBytes: 3000 * MiB };

describe("sizes", () => {
  it("follow the worker with the least room, and the best-effort pod is over by the most", () => {
    expect(pods.bestEffort.usesBytes).toBe(1024 * MiB);
    expect(pods.burstable.usesBytes - pods.burstable.requestsBytes).toBeLessThan(pods.bestEffort.usesBytes);
    expect(() => pressurePods([worker("w1", 4, { open: false })])).toThrow(/No worker takes pods/);
  });

  it("end the fast part before the threshold and the slow part behind it", () => {
    const { first, second } = fillsFor(memory, pods);
    expect(first.fastBytes).toBeLessThan(memory.freeBytes);
    expect(first.fastBytes + first.slowBytes).toBeGreaterThan(memory.freeBytes + 64 * MiB);
    // What the first one took beyond the threshold is gone of what the evicted pod gives back.
    const freed = pods.bestEffort.usesBytes - (first.fastBytes + first.slowBytes - memory.freeBytes);
    expect(second.fastBytes).toBeLessThan(freed);
    expect(second.fastBytes + second.slowBytes).toBeGreaterThan(freed);
    // In ten seconds, the kubelet's own interval, less than the distance to the kernel's limit.
    expect(first.slowBytesPerSecond * 10).toBeLessThan(memory.thresholdBytes.value);
    expect(rampMs(first)).toBeGreaterThan(60_000);
  });

  it("count the drill's own pods when they do not stand yet", () => {
    const bare = { ...memory, freeBytes: 4000 * MiB, pods: [] };
    const own = pods.bestEffort.usesBytes + pods.burstable.usesBytes + pods.guaranteed.usesBytes;
    expect(fillsFor(bare, pods).first.fastBytes).toBeLessThan(4000 * MiB - own);
  });
});

describe("the prediction", () => {
  const { expectations } = predictNodePressure(labOf(), plan);
  const find = (id: string) => {
    const found = expectations.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };

  it("says why for each, and looks at every other pod of the machine", () => {
    for (const each of expectations) expect(each.why, each.id).not.toBe("");
    expect(find("others.run-on").judge).toMatchObject({
      select: { subjects: ["w1/demo/guaranteed/*", "w1/kube-system/proxy/*"] },
    });
  });

  it("wants the eviction, and by the kubelet", () => {
    const at = injectMs + 30_000;
    const verdict = (id: string, changes: Record<string, [number, string | null][]>) => {
      const simulation = new Simulation();

      simulation.mark("second.inject", injectMs + 400_000);
      simulation.states("extras", { "pod:best-effort": [[0, "ready@w1"]], ...changes });
      return judge(simulation.store, drill, find(id)).verdict;
    };
    const gone: [number, string][] = [
      [0, "ready@w1"],
      [at, "failed@w1"],
    ];
    expect(verdict("best-effort.evicted", { "pod:best-effort": gone })).toBe("pass");
    expect(verdict("best-effort.evicted", {})).toBe("fail");
    const failedFor = (reason: string) => ({
      "failed-for:best-effort": [[at, reason]] as [number, string][],
    });
    expect(verdict("best-effort.by-kubelet", failedFor("Evicted"))).toBe("pass");
    expect(verdict("best-effort.by-kubelet", failedFor("OOMKilled"))).toBe("fail");
    expect(verdict("best-effort.by-kubelet", {})).toBe("inconclusive");
  });

  it("refuses what would hit others", () => {
    const others = (more: MachineMemory["pods"]) => ({
      ...plan,
      memory: { ...memory, pods: [...memory.pods, ...more] },
    });
    const hungry = { namespace: "shop", name: "db", usedBytes: 900 * MiB, requestedBytes: 100 * MiB };
    expect(() => predictNodePressure(labOf(), others([hungry]))).toThrow(/shop\/db on w1 is further over/);
    expect(() => predictNodePressure(labOf(), { ...plan, askedBytes: 5000 * MiB })).toThrow(/not asked for/);
    expect(() => predictNodePressure(labOf(), { ...plan, memory: { ...memory, freeBytes: -1 } })).toThrow(
      /under memory pressure already/,
    );
  });
});
