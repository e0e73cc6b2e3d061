// How the pod that was Ready last got there, step by step: what is late is told with the step that took the time.
import type { StateEvent } from "../../timeline/events.ts";
import type { TimelineStore } from "../../timeline/store.ts";
import { seconds } from "./finding.ts";
import type { Span } from "./window.ts";

const prefix = "pod:";

interface Steps {
  pod: string;
  machine: string | null;
  /** ms of the run; null: not seen. */
  made: number;
  scheduled: number | null;
  running: number | null;
  ready: number | null;
}

/**
 * "the last, web-1 on cp2, was made after 0.4 s, scheduled after 0.5 s, running after 3.9 s, Ready after 5.9 s": of pods
 * that a probe (`podValues`) first saw in the window. A pod that is not Ready yet counts as later than any that is. Null: there was none.
 */
export function lastPodSteps(store: TimelineStore, probe: string, span: Span): string | null {
  const pods = [...(store.states.get(probe) ?? [])].filter(([subject]) => subject.startsWith(prefix));
  const steps = pods.flatMap(
    ([subject, events]) => stepsOf(subject.slice(prefix.length), events, span) ?? [],
  );
  if (steps.length === 0) return null;
  const last = steps.reduce((a, b) => ((b.ready ?? Infinity) > (a.ready ?? Infinity) ? b : a));
  const after = (word: string, at: number | null) =>
    at === null ? [] : [`${word} after ${seconds(at - span.from)}`];
  const told = [
    ...after("made", last.made),
    ...after("scheduled", last.scheduled),
    ...after("running", last.running),
    ...after("Ready", last.ready),
  ];
  const where = last.machine === null ? "" : ` on ${last.machine}`;
  return `the last, ${last.pod}${where}, was ${told.join(", ")}${last.ready === null ? ", and not Ready" : ""}`;
}

/** Null: it was there before, or never lived in the window. */
function stepsOf(pod: string, events: readonly StateEvent[], { from, to }: Span): Steps | null {
  const [first] = events;
  if (first === undefined || first.t < from || first.t > to || first.value === null) return null;
  const seen = events.filter((each) => each.t <= to).map(({ t, value }) => ({ t, value: String(value) }));
  // Gone again before it was ever Ready: somebody else took its place.
  if (/^(null|terminating|done|failed)/.test(seen.at(-1)?.value ?? "")) return null;
  const firstOf = (pattern: RegExp) => seen.find(({ value }) => pattern.test(value))?.t ?? null;
  return {
    pod,
    machine: /@(.*)/.exec(seen.at(-1)?.value ?? "")?.[1] ?? null,
    made: first.t,
    scheduled: firstOf(/@/),
    running: firstOf(/^(not-ready|ready)/),
    ready: firstOf(/^ready/),
  };
}
