import { expect, test } from "vitest";
import type { TimelineEvent } from "../../harness/timeline/events.ts";
import { TimelineStore } from "../../harness/timeline/store.ts";
import { curvesOf, feltOf, stagesOf } from "./curves.ts";
import type { Period } from "./period.ts";

const drill = "ingress/ladder";
const period: Period = { drill, from: 0, to: 20_000, zero: 5000 };

function storeOf(...events: TimelineEvent[]): TimelineStore {
  const store = new TimelineStore();
  for (const event of events) store.append(event);
  return store;
}
const fact = (name: string, value: Record<string, string | number | null> | string): TimelineEvent => ({
  type: "fact",
  t: 15_000,
  drill,
  name,
  value,
});
const state = (probe: string, subject: string, t: number, value: number): TimelineEvent => ({
  type: "state",
  probe,
  subject,
  t,
  value,
});
const answered: TimelineEvent = {
  type: "gauge",
  probe: "ladder",
  subject: "rate",
  t: 6000,
  value: 100,
  unit: "answers/s",
};

test("replicas are those of what was scaled, also of a workload of the user's own beside others", () => {
  const store = storeOf(
    answered,
    fact("ladder.scaled", { hpa: "shop", probe: "workload", ready: "ready" }),
    state("autoscalers", "desired:another", 1000, 9),
    state("autoscalers", "desired:shop", 1000, 2),
    state("autoscalers", "memory:shop", 1000, 12),
    state("workload", "ready", 1000, 1),
    state("workload", "unschedulable", 1000, 3),
  );
  const lines = curvesOf(store, period)?.rows.flatMap((row) => row.lines) ?? [];
  expect(lines.map(({ label, points }) => [label, points[0]?.value])).toEqual([
    ["answered", 100],
    ["wanted by the HPA", 2],
    ["Ready", 1],
    ["Pending", 3],
    ["memory", 12],
  ]);
});

test("a drill without load has neither curves nor tables", () => {
  const store = storeOf(fact("replicas", "13"));
  expect([curvesOf(store, period), stagesOf(store, drill), feltOf(store, drill)]).toEqual([null, null, null]);
});

test("a stage is a row, and each number of Ready pods in it another", () => {
  const store = storeOf(
    fact("stage.c10", { clients: 10, failed: 0 }),
    fact("felt.c10.1", { "pods ready": 1, failed: 0 }),
    fact("felt.c10.2", { "pods ready": 2, failed: 0 }),
    fact("stage.c10.slow", "it waits"),
  );
  expect(stagesOf(store, drill)).toEqual({
    columns: ["clients", "failed"],
    rows: [{ stage: "c10", figures: { clients: 10, failed: 0 }, slow: "it waits" }],
  });
  expect(feltOf(store, drill)?.rows.map(({ stage, figures }) => [stage, figures["pods ready"]])).toEqual([
    ["c10", 1],
    ["c10", 2],
  ]);
});
