// Lanes of what probes saw: power, holder, leader, readiness, counts.
import type { ProbeEvent } from "../../harness/timeline/events.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { Lane, Segment } from "../model.ts";
import type { Period } from "./period.ts";
import type { Places } from "./places.ts";
import { blindSegments, calmed, joined, overlaid } from "./segments.ts";
import { stateFigure } from "./state-figure.ts";
import { wordOf } from "./state-words.ts";
import { subjectsOf, type Subject } from "./subjects.ts";

/** The lanes of a probe that sees states; also one for a probe that only says when it could not see. */
export function stateLanes(store: TimelineStore, probe: ProbeEvent, period: Period, places: Places): Lane[] {
  const lanes = subjectsOf(store, probe, period).flatMap((subject) => {
    const drawn = segmentsOf(probe, subject, period, places);
    if (drawn.length === 0) return [];
    const segments = withBlindness(store, probe.probe, subject.hiddenBy, drawn, period);
    const eventful = new Set(segments.map((segment) => segment.label)).size > 1;
    if (subject.onlyIfEventful && new Set(drawn.map((segment) => segment.label)).size < 2) return [];
    const label = places.find(subject.label)?.name ?? subject.label;
    return [{ label, subjects: [label], segments, figure: stateFigure(segments), eventful }];
  });
  if (probe.group !== "harness") return lanes;
  return [
    ...lanes,
    probe.probe === "host" ? hostLane(store, probe, period) : punctuality(store, probe, period),
  ];
}

function segmentsOf(probe: ProbeEvent, subject: Subject, period: Period, places: Places): Segment[] {
  const { changes } = subject;
  const before = changes.findLast((change) => change.t <= period.zero)?.value;
  const first = changes.findLastIndex((change) => change.t <= period.from);
  const seen = changes.slice(Math.max(0, first)).filter((change) => change.t < period.to);
  const segments = seen.map((change, index): Segment => {
    const { label, tone } = wordOf(probe.group, change.value, before, places);
    return {
      from: Math.max(change.t, period.from) - period.zero,
      to: Math.min(seen[index + 1]?.t ?? period.to, period.to) - period.zero,
      label,
      tone,
      detail: change.note ?? "",
    };
  });
  return calmed(joined(segments), "changing", "changed");
}

/** While a probe is blind its last value is no evidence: the lane says so instead of going on. */
function withBlindness(
  store: TimelineStore,
  probe: string,
  hiddenBy: Subject["hiddenBy"],
  segments: Segment[],
  period: Period,
): Segment[] {
  const blind = store.blind.filter(
    (event) => event.probe === probe && (event.subject === undefined || hiddenBy(event.subject)),
  );
  return calmed(joined(blindSegments(blind, period).reduce(overlaid, segments)), "changing", "changed");
}

/** The harness is on time until it says that it was late. */
function punctuality(store: TimelineStore, probe: ProbeEvent, period: Period): Lane {
  const whole: Segment = {
    from: period.from - period.zero,
    to: period.to - period.zero,
    label: "on time",
    tone: "good",
    detail: "",
  };
  const segments = withBlindness(store, probe.probe, () => true, [whole], period);
  const eventful = segments.length > 1;
  return {
    label: "on time",
    subjects: ["on time"],
    segments,
    figure: eventful ? "was late" : "always",
    eventful,
  };
}

/** Above this share of the processors the host is called busy. */
const busyShare = 0.25;

/** How much of the lab's processors others took. */
function hostLane(store: TimelineStore, probe: ProbeEvent, period: Period): Lane {
  const values = (store.gauges.get(probe.probe)?.get("others-cpu") ?? []).filter(
    (each) => each.t > period.from && each.t <= period.to,
  );
  const drawn = joined(
    values.map((each, index): Segment => {
      const busy = each.value > busyShare;
      return {
        from: Math.max(values[index - 1]?.t ?? period.from, period.from) - period.zero,
        to: each.t - period.zero,
        label: busy ? "busy" : "quiet",
        tone: busy ? "partly" : "good",
        detail: "",
      };
    }),
  );
  const segments = calmed(
    withBlindness(store, probe.probe, () => true, drawn, period),
    "changing",
    "changed",
  );
  const mean = values.reduce((sum, each) => sum + each.value, 0) / Math.max(1, values.length);
  return {
    label: "others",
    subjects: ["others"],
    segments,
    figure: `${(mean * 100).toFixed(0)} % on average`,
    eventful: mean > busyShare,
  };
}
