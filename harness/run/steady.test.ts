import { describe, expect, it, test } from "vitest";
import { TimelineStore } from "../timeline/store.ts";
import { Simulation } from "../verdict/testing/simulate.ts";
import { backingOff, deadConnections, leftovers } from "./aftermath.ts";
import { disturbances } from "./steady.ts";

function healthy(): TimelineStore {
  const store = new TimelineStore();
  const probe = (id: string) => {
    store.append({
      type: "probe",
      t: 0,
      probe: id,
      title: id,
      group: "api",
      tickMs: 100,
      timeoutMs: 2000,
      labels: {},
    });
  };
  for (const id of ["api.vip.read.fresh", "vip", "workload"]) probe(id);
  for (let t = 0; t < 10_000; t += 100)
    store.append({ type: "sample", probe: "api.vip.read.fresh", start: t, t: t + 5, ok: true });
  const state = (id: string, subject: string, value: string | number) => {
    store.append({ type: "state", t: 1, probe: id, subject, value });
  };
  state("machines", "cp1", "running");
  state("nodes", "cp1", "True");
  state("etcd", "members-healthy", 3);
  for (const member of ["cp1", "cp2", "cp3"]) state("etcd", `member:${member}`, "healthy");
  state("vip", "holders", 1);
  state("workload", "ready", 13);
  return store;
}

test("nothing is wrong when all is well", () => {
  expect(disturbances(healthy(), 10_000, 13)).toEqual([]);
});

test.each([
  ["a machine that is off", "machines", "cp1", "off", "machine cp1 is off"],
  ["a node that is not Ready", "nodes", "cp1", "Unknown", "node cp1 is not Ready"],
  ["a member that is ill", "etcd", "members-healthy", 2, "2 of 3 etcd members are healthy"],
  ["two holders", "vip", "holders", 2, "2 machines hold the VIP"],
  ["a missing pod", "workload", "ready", 12, "12 of 13 pods of the workload are Ready"],
])("%s is named", (_, probe, subject, value, words) => {
  const store = healthy();
  store.append({ type: "state", t: 9000, probe, subject, value });
  expect(disturbances(store, 10_000, 13)).toEqual([words]);
});

test("containers of deleted pods are waited for, those of Ready pods and of other namespaces are not", () => {
  const store = new TimelineStore();
  const state = (t: number, probe: string, subject: string, value: string | null) => {
    store.append({ type: "state", t, probe, subject, value });
  };
  state(1, "workload", "pod:web-1", "ready@w1");
  state(1, "containers", "w1/demo/web-1/web", "aaa");
  state(1, "containers", "w1/other/web-9/web", "bbb");
  state(1, "extras", "pod:daemon-1", "ready@w1");
  state(1, "containers", "w1/demo/daemon-1/web", "ddd");
  expect(leftovers(store, { kind: "demo", namespace: "demo" })).toEqual([]);
  state(2, "containers", "w1/demo/web-0/web", "ccc");
  expect(leftovers(store, { kind: "demo", namespace: "demo" })).toEqual([
    "a container of web-0, which is not a Ready pod of the workload, still runs on w1",
  ]);
  state(3, "containers", "w1/demo/web-0/web", null);
  expect(leftovers(store, { kind: "demo", namespace: "demo" })).toEqual([]);
});

test("after a move of the VIP clients may sit on dead connections for a while", () => {
  const store = new TimelineStore();
  const holder = (t: number, value: string) => {
    store.append({ type: "state", t, probe: "vip", subject: "holder", value });
  };
  holder(1000, "cp1");
  expect(deadConnections(store, 2000, 45_000)).toEqual([]);
  holder(10_000, "cp2");
  expect(deadConnections(store, 20_000, 45_000)[0]).toContain("for another 35 s");
  expect(deadConnections(store, 55_000, 45_000)).toEqual([]);
});

describe("after the API was away its clients wait before they look again", () => {
  const reads = (down: [number, number]) =>
    new Simulation().samples("api.vip.read.fresh", { down: [down] }, { to: 200_000, labels: reading }).store;
  const reading = { verb: "read", via: "vip", connection: "fresh" };

  it("at most a minute", () => {
    const store = reads([10_000, 90_000]);
    expect(backingOff(store, 100_000, false)[0]).toContain("for another 50 s, because the API was away");
    expect(backingOff(store, 151_000, false)).toEqual([]);
  });

  it("and less after a short outage", () => {
    const store = reads([10_000, 13_000]);
    expect(backingOff(store, 14_000, false)[0]).toContain("for another 7 s");
    expect(backingOff(store, 21_000, false)).toEqual([]);
  });

  it("and not when an answer was only slow", () => {
    const store = reads([10_000, 40_000]);
    store.append({ type: "sample", probe: "api.vip.read.fresh", start: 102_000, t: 102_900, ok: true });
    expect(backingOff(store, 103_000, false)).toEqual([]);
    const { store: atFirst } = new Simulation().samples(
      "api",
      { latencyMs: 600 },
      { to: 1000, tickMs: 200, labels: reading },
    );
    expect(backingOff(atFirst, 1500, false)).toEqual([]);
  });

  it("also when that was before the run", () => {
    expect(backingOff(new TimelineStore(), 20_000, true)[0]).toContain("for another 40 s");
    expect(backingOff(new TimelineStore(), 61_000, true)).toEqual([]);
  });
});

test("a failure counts until two seconds after it, and silence counts too", () => {
  const store = healthy();
  store.append({
    type: "sample",
    probe: "api.vip.read.fresh",
    start: 10_000,
    t: 10_010,
    ok: false,
    error: "refused",
  });
  expect(disturbances(store, 10_500, 13)).toEqual(["api.vip.read.fresh fails (refused)"]);
  expect(disturbances(store, 20_000, 13)).toEqual(["api.vip.read.fresh has not answered for 2 s"]);
});
