import { describe, expect, it } from "vitest";
import { TimelineStore } from "../../timeline/store.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { predictVelero, predictVolumeSnapshot } from "./index.ts";

const input = { ...labOf(), allowances: { copyMs: { value: 90_000, source: "a test" } } };
const snapshot = { taken: "taken", back: "back", before: "before", after: "after", left: "left" };
const way = { snapshotClass: "fast", storageClass: "disk", driver: "csi.example" };
const backup = {
  taken: "taken",
  restored: "restored",
  ready: "ready",
  dumped: "dumped",

  odd: "odd",
  left: "left",
  planted: ["a", "b", "c"],
};

describe("a volume's snapshot", () => {
  const { expectations } = predictVolumeSnapshot(input, way, snapshot);

  it("may take as long as the lab file allows a copy", () => {
    // One request 1 s, the copy 90 s, one look 3 s; for a pod two requests, 15 s until its
    // claim is bound, as long for the kubelet's second look at it, and 5 s for its start.
    expect(budgetOf(expectations, "snapshot.taken")).toBe(1 + 90 + 3);
    expect(budgetOf(expectations, "pod.returned")).toBe(2 + 90 + 15 + 15 + 5 + 3);
  });

  it("that nobody could take is a promise broken before anything is", () => {
    const store = storeOf([
      { type: "action", t: 95_000, drill: "d", name: "taken", title: "taken", start: 1000, ok: false },
    ]);
    expect(verdictOf(store, expectations, "snapshot.taken")).toBe("fail");
    expect(verdictOf(store, expectations, "data.same")).toBe("inconclusive");
  });

  it("has neither less nor more than there was", () => {
    const after = (value: string[]) =>
      storeOf([
        { type: "mark", t: 2000, drill: "d", name: "outage.inject" },
        { type: "fact", t: 3000, drill: "d", name: "before", value: ["one", "/data/canary"] },
        { type: "fact", t: 4000, drill: "d", name: "after", value },
      ]);
    expect(verdictOf(after(["one", "/data/canary"]), expectations, "data.same")).toBe("pass");
    expect(verdictOf(after(["two", "/data/canary"]), expectations, "data.same")).toBe("fail");
    expect(verdictOf(after(["one", "/data/canary", "/data/later"]), expectations, "data.same")).toBe("fail");
  });
});

describe("a backup by Velero", () => {
  const { expectations } = predictVelero(input, { namespace: "velero", location: "default" }, backup);

  it("is restored in the time of a copy, and its pod starts after that", () => {
    expect(budgetOf(expectations, "restore.done")).toBe(1 + 90 + 3);
    expect(budgetOf(expectations, "pod.returned")).toBe(1 + 90 + 3 + 5 + 3);
  });

  it("is compared with at least what was made, and names what is missing", () => {
    const store = storeOf([
      { type: "mark", t: 2000, drill: "d", name: "outage.inject" },
      { type: "fact", t: 3000, drill: "d", name: "dumped", value: 2 },
      { type: "fact", t: 4000, drill: "d", name: "odd", value: "ConfigMap a/b" },
    ]);
    expect(verdictOf(store, expectations, "backup.whole")).toBe("fail");
    expect(verdictOf(store, expectations, "objects.same")).toBe("fail");
  });
});

type Expectations = ReturnType<typeof predictVelero>["expectations"];
type Event = Parameters<TimelineStore["append"]>[0];

function storeOf(events: Event[]): TimelineStore {
  const store = new TimelineStore();
  store.append({ type: "drill", t: 0, drill: "d", title: "d", state: "started" });
  store.append({ type: "mark", t: 500, drill: "d", name: "steady" });
  for (const event of events) store.append(event);
  return store;
}

function find(expectations: Expectations, id: string): Expectations[number] {
  const found = expectations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not promised`);
  return found;
}

function budgetOf(expectations: Expectations, id: string): number | null {
  return find(expectations, id).budget;
}

function verdictOf(store: TimelineStore, expectations: Expectations, id: string): string {
  return judge(store, "d", find(expectations, id), 100_000).verdict;
}
