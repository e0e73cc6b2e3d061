import { describe, expect, it } from "vitest";
import type { TimelineEvent } from "../../harness/timeline/events.ts";
import { TimelineStore } from "../../harness/timeline/store.ts";
import type { Lane } from "../model.ts";
import { sampleTopology } from "../testing/sample-lab.ts";
import { collectAttempts } from "./attempts.ts";
import { lanesOf } from "./lanes.ts";
import type { Period } from "./period.ts";
import { placesOf } from "./places.ts";

const period: Period = { drill: "d", from: 0, to: 20_000, zero: 5000 };

describe("lanes of attempts", () => {
  it("say from when to when nothing was answered, in the drill's time", () => {
    const lane = only([api("vip", "fresh"), ...attempts("api.vip.read.fresh", (t) => t < 6000 || t >= 9000)]);
    expect(lane.segments.map((each) => [each.label, near(each.from), near(each.to)])).toEqual([
      ["answers", -5000, 1000],
      ["no answer", 1000, 4000],
      ["answers", 4000, 15_000],
    ]);
    expect(lane.figure).toBe("gap 3.00\u00A0s");
    expect(lane.segments[1]?.detail).toBe("timeout × 30");
  });

  it("of one machine are one lane, which says when its probes disagree", () => {
    const lane = only([
      api("cp1", "fresh"),
      api("cp1", "kept"),
      ...attempts("api.cp1.read.fresh", (t) => t < 6000 || t >= 8000),
      ...attempts("api.cp1.read.kept", (t) => t < 6000 || t >= 12_000),
    ]);
    expect(lane.label).toBe("on cp1");
    expect(lane.segments.map((each) => each.label)).toEqual(["answers", "no answer", "some", "answers"]);
    expect(lane.segments[2]?.detail).toBe("1 of 2\u00A0probes without answer: timeout × 60");
  });

  it("that are all quiet are drawn once", () => {
    const lane = only(
      ["w1", "w2"].flatMap((machine) => [
        probe(`http.ingress.${machine}`, "http", { by: "ingress", machine }),
        ...attempts(`http.ingress.${machine}`, () => true),
      ]),
    );
    expect(lane).toMatchObject({ label: "by ingress w1 and w2", figure: "unbroken", eventful: false });
  });

  it("do not go on where the probe could not see", () => {
    const lane = only([
      api("vip", "fresh"),
      ...attempts("api.vip.read.fresh", () => true),
      { type: "blind", t: 12_000, probe: "api.vip.read.fresh", from: 10_000, why: "the harness was late" },
    ]);
    expect(lane.segments.map((each) => each.tone)).toEqual(["good", "unseen", "good"]);
    expect(lane.segments[1]).toMatchObject({ from: 5000, to: 7000, detail: "the harness was late" });
  });

  it("flickering ever so fast stay few", () => {
    const lane = only(
      [api("vip", "fresh"), ...attempts("api.vip.read.fresh", (t) => t % 200 === 0, 199_000)],
      {
        ...period,
        to: 200_000,
      },
    );
    expect(lane.segments.length).toBeLessThanOrEqual(50);
    expect(lane.segments.some((each) => each.label === "on and off")).toBe(true);
  });
});

describe("lanes of states", () => {
  it("give a machine the same look wherever it is named", () => {
    const lanes = all([
      probe("vip", "vip"),
      probe("etcd", "etcd"),
      state("vip", "holder", 0, "cp2"),
      state("etcd", "leader", 0, "8e9e05c521646941"),
    ]);
    expect(lanes.map((lane) => lane.segments[0])).toMatchObject([
      { label: "cp2", tone: "place-1" },
      { label: "cp2", tone: "place-1" },
    ]);
  });

  it("two holders at once are bad", () => {
    const lane = only([
      probe("vip", "vip"),
      state("vip", "holder", 0, "cp1"),
      state("vip", "holder", 6000, "cp1+cp2"),
    ]);
    expect(lane.segments[1]).toMatchObject({ tone: "bad", label: "cp1+cp2", from: 1000 });
  });

  it("leave out sums of what is drawn anyway, and machines beside the holder", () => {
    const lanes = all([
      probe("vip", "vip"),
      state("vip", "cp1", 0, true),
      state("vip", "cp2", 0, false),
      state("vip", "holder", 0, "cp1"),
      state("vip", "holders", 0, 1),
    ]);
    expect(lanes.map((lane) => lane.label)).toEqual(["holder"]);
  });

  it("count containers by machine, and say when one came back as another", () => {
    const at = (t: number, name: string, id: string | null): TimelineEvent =>
      state("containers", `w1/demo/${name}/web`, t, id);
    const lane = only([
      probe("containers", "workload"),
      at(0, "a", "1"),
      at(0, "b", "2"),
      at(7000, "b", null),
      at(9000, "b", "3"),
    ]);
    expect(lane.segments.map((each) => [each.label, each.tone])).toEqual([
      ["2", "good"],
      ["1", "partly"],
      ["2, 1 restarted", "changed"],
    ]);
  });

  it("taints appear only when there are some", () => {
    const events = [
      probe("nodes", "nodes"),
      state("nodes", "cp1", 0, "True"),
      state("nodes", "taint:cp1", 0, null),
    ];
    expect(all(events).map((lane) => lane.label)).toEqual(["cp1"]);
    const tainted = all([...events, state("nodes", "taint:cp1", 9000, "unreachable")]);
    expect(tainted.map((lane) => lane.label)).toEqual(["cp1", "taint of cp1"]);
    expect(tainted[1]?.segments.map((each) => each.label)).toEqual(["none", "unreachable"]);
  });

  it("a node without memory pressure is no node that is not ready", () => {
    const events = [
      probe("nodes", "nodes"),
      state("nodes", "cp1", 0, "True"),
      state("nodes", "memory-pressure:cp1", 0, "False"),
    ];
    expect(all(events).map((lane) => lane.label)).toEqual(["cp1"]);
    const pressed = all([...events, state("nodes", "memory-pressure:cp1", 9000, "True")]);
    expect(pressed.map((lane) => lane.label)).toEqual(["cp1", "memory of cp1"]);
    expect(pressed[1]?.segments.map((each) => [each.label, each.tone])).toEqual([
      ["none", "good"],
      ["memory pressure", "changed"],
    ]);
  });
});

function all(events: TimelineEvent[], during = period): Lane[] {
  const store = new TimelineStore();
  for (const event of events) store.append(event);
  const attempts = collectAttempts(store, [during]).get("d") ?? new Map();
  return lanesOf(store, attempts, during, placesOf(sampleTopology())).flatMap((group) => group.lanes);
}

function only(events: TimelineEvent[], during = period): Lane {
  const [lane, ...others] = all(events, during);
  if (lane === undefined || others.length > 0) throw new Error(`${String(others.length + 1)} lanes`);
  return lane;
}

function api(via: string, connection: string): TimelineEvent {
  return probe(`api.${via}.read.${connection}`, "api", { verb: "read", via, connection });
}

function probe(
  id: string,
  group: Extract<TimelineEvent, { type: "probe" }>["group"],
  labels: Record<string, string> = {},
): TimelineEvent {
  return { type: "probe", t: 0, probe: id, title: id, group, tickMs: 100, timeoutMs: 1000, labels };
}

function state(
  id: string,
  subject: string,
  t: number,
  value: string | number | boolean | null,
): TimelineEvent {
  return { type: "state", t, probe: id, subject, value };
}

/** One attempt each 100 ms; a failed one waits for its time limit. */
function attempts(id: string, ok: (t: number) => boolean, until = 19_900): TimelineEvent[] {
  return Array.from({ length: until / 100 + 1 }, (_, index): TimelineEvent => {
    const start = index * 100;
    const base = { type: "sample" as const, probe: id, start };
    return ok(start)
      ? { ...base, t: start + 2, ok: true }
      : { ...base, t: start + 1000, ok: false, error: "timeout" };
  }).sort((a, b) => a.t - b.t);
}

/** Outages are right within half a tick. */
function near(ms: number): number {
  return Math.round(ms / 100) * 100 + 0;
}
