// The timetable of a drill: every probe's lanes, in the order in which a failure travels: power, VIP, etcd, API,
// nodes, workload, HTTP.
import type { ProbeEvent } from "../../harness/timeline/events.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { Lane, LaneGroup } from "../model.ts";
import { counted, listed } from "../text/numbers.ts";
import type { Attempts } from "./attempts.ts";
import { pathsOf } from "./paths.ts";
import type { Period } from "./period.ts";
import type { Places } from "./places.ts";
import { sampleLane } from "./sample-lanes.ts";
import { stateLanes } from "./state-lanes.ts";

const groupTitles: Record<ProbeEvent["group"], string> = {
  machines: "Machine power",
  vip: "Virtual IP",
  etcd: "etcd",
  api: "API server",
  nodes: "Nodes",
  workload: "Workload",
  http: "HTTP to the workload",
  load: "Load",
  harness: "Harness",
};

const separator = " · ";

/** More lanes than this in a group hide the picture; eventful ones come first. */
const maxLanes = 14;

export function lanesOf(
  store: TimelineStore,
  attempts: Attempts,
  period: Period,
  places: Places,
): LaneGroup[] {
  const probes = [...store.probes.values()];
  return groups.flatMap((group) => {
    const members = probes.filter((probe) => probe.group === group);
    const states = members.map((probe) => ({ probe, lanes: stateLanes(store, probe, period, places) }));
    const sampled = pathsOf(members, attempts, "lane").map((path) => sampleLane(path, period, store.blind));
    const lanes = [...named(states), ...sampled];
    return lanes.length === 0 ? [] : [limited(group, joinAlike(lanes))];
  });
}

const groups: ProbeEvent["group"][] = [
  "machines",
  "vip",
  "etcd",
  "api",
  "nodes",
  "workload",
  "http",
  "load",
  "harness",
];

/** A subject is enough of a name while only one probe in the group has any; else the probe's short id goes first. */
function named(states: readonly { probe: ProbeEvent; lanes: Lane[] }[]): Lane[] {
  const filled = states.filter((state) => state.lanes.length > 0);
  return filled.flatMap(({ probe, lanes }) =>
    lanes.map((lane) => {
      if (filled.length === 1 || probe.probe === probe.group) return lane;
      const label = `${probe.probe}${separator}${lane.label}`;
      return { ...lane, label, subjects: [label] };
    }),
  );
}

/** Lanes of one kind that look alike are one lane, so that quiet, and blindness, are said once. */
function joinAlike(lanes: readonly Lane[]): Lane[] {
  const all = new Map<string, Lane>();
  for (const lane of lanes) {
    const look = lane.segments.map((each) =>
      // Constant lanes need not begin at the very same tick.
      lane.eventful
        ? [each.label, each.tone, Math.round(each.from / 50), Math.round(each.to / 50)]
        : [each.label, each.tone],
    );
    const key = JSON.stringify([stemOf(lane.label), look]);
    const twin = all.get(key);
    if (twin === undefined) all.set(key, { ...lane, subjects: [...lane.subjects] });
    else twin.subjects.push(...lane.subjects);
  }
  return [...all.values()].map((lane) => ({ ...lane, label: joinedLabel(lane.subjects) }));
}

/** "by node port w1" → "by node port ": what lanes of one kind have in common. */
function stemOf(label: string): string {
  return label.slice(0, label.lastIndexOf(" ") + 1);
}

/** "by node port w1", "by node port w2" → "by node port w1 and w2". */
function joinedLabel(subjects: readonly string[]): string {
  const stem = stemOf(subjects[0] ?? "");
  const names = subjects.map((each) => each.slice(stem.length));
  const text = listed(names);
  if (names.length <= 2 || stem.length + text.length <= 30) return `${stem}${text}`;
  return `${stem}${names[0] ?? ""} and ${counted(names.length - 1, "other")}`;
}

function limited(group: ProbeEvent["group"], lanes: readonly Lane[]): LaneGroup {
  if (lanes.length <= maxLanes) return { group, title: groupTitles[group], lanes: [...lanes], note: "" };
  const shown = [...lanes].sort((a, b) => Number(b.eventful) - Number(a.eventful)).slice(0, maxLanes);
  const hidden = lanes.filter((lane) => !shown.includes(lane));
  const eventful = hidden.filter((lane) => lane.eventful).length;
  const note = `Not drawn: ${counted(hidden.length, "more lane")}, ${eventful === 0 ? "none of them with a change" : `${String(eventful)} of them with changes`}.`;
  return { group, title: groupTitles[group], lanes: lanes.filter((lane) => shown.includes(lane)), note };
}
