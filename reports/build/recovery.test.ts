import { expect, it } from "vitest";
import type { TimelineEvent } from "../../harness/timeline/events.ts";
import { TimelineStore } from "../../harness/timeline/store.ts";
import { recoveryPart } from "../html/recovery.ts";
import type { DrillModel } from "../model.ts";
import { recoveryOf } from "./recovery.ts";

const drill = "recovery/stacked-swap";
const period = { drill, from: 0, to: 60_000, zero: 10_000 };

function recorded(): TimelineStore {
  const store = new TimelineStore();
  const fact = (name: string, value: string | number | string[]): TimelineEvent => ({
    type: "fact",
    t: 50_000,
    drill,
    name,
    value,
  });
  const events: TimelineEvent[] = [
    {
      type: "action",
      t: 14_600,
      drill,
      name: "outage.stop.1",
      title: "stop everything",
      start: 10_000,
      ok: true,
      commands: ["cp1", "cp2"].map((machine) => ({
        machine,
        text: "systemctl stop kubelet\nmv <old> & new",
      })),
    },
    {
      type: "action",
      t: 14_600,
      drill,
      name: "outage.stop",
      title: "all is stopped",
      start: 10_000,
      ok: true,
    },
    {
      type: "fact",
      t: 50_000,
      drill,
      name: "drift.row.token",
      value: {
        what: "a token",
        "after the snapshot": "accepted",
        "after the restore": "accepted",
        undone: false,
      },
    },
    fact("rpo.up-to", 117),
    fact("rpo.after", 142),
    fact("predicted.canaries", ["ConfigMap a: before", "Deployment b: gone"]),
    fact("after.canaries", ["ConfigMap a: before", "Deployment b: 1 Ready"]),
    fact("before.etcd-members", ["cp1=aa", "cp2=bb"]),
    fact("after.etcd-members", ["cp1=cc", "cp2=dd"]),
    fact("outage.member-lists", ["cp1 knows cp1, cp2", "cp2 knows cp1, cp2"]),
  ];
  for (const event of events) store.append(event);
  return store;
}

it("is nothing for a drill that restores nothing", () => {
  expect(recoveryOf(new TimelineStore(), period)).toBeNull();
});

it("puts together what came back, what was lost, and what was typed", () => {
  const recovery = recoveryOf(recorded(), period);
  expect(recovery).toMatchObject({
    canaries: [
      { object: "ConfigMap a", wanted: "before", seen: "before" },
      { object: "Deployment b", wanted: "gone", seen: "1 Ready" },
    ],
    members: [
      { member: "cp1", before: "aa", after: "cc", knows: "cp1, cp2" },
      { member: "cp2", before: "bb", after: "dd", knows: "cp1, cp2" },
    ],
    drift: [{ what: "a token", was: "accepted", is: "accepted", undone: false }],
    runbook: [{ phase: "stop", at: 0, durationMs: 4600, ok: true, commands: [{ machines: ["cp1", "cp2"] }] }],
  });
});

it("shows what is astray, and each line of a command by itself", () => {
  const page = recoveryPart({ recovery: recoveryOf(recorded(), period), anchor: "a" } as DrillModel).markup;
  expect(page).toContain('class="astray"');
  expect(page).toContain("<span>systemctl stop kubelet</span><span>mv &lt;old&gt; &amp; new</span>");
  expect(page).toContain("not counted");
});
