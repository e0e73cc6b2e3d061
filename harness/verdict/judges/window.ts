// The stretch of the timeline that an expectation is about, found by its marks.
import type { TimelineStore } from "../../timeline/store.ts";
import type { Window } from "../expectation.ts";
import { seconds } from "./finding.ts";

export interface Span {
  from: number;
  /** While the window is open: now. */
  to: number;
  /** Nothing that is recorded from now on can fall into it. */
  closed: boolean;
  /** Why the window is shorter than it was meant to be. */
  cut?: string;
}

/** @returns the span, or a sentence why there is none yet */
export function spanOf(store: TimelineStore, drill: string, window: Window, now: number): Span | string {
  const begin = store.mark(drill, window.from);
  if (begin === undefined) return `The drill did not come to the point "${window.from}"`;
  const delayMs = window.delayMs ?? 0;
  const from = begin.t + delayMs;
  const { to, closed, cut } = endOf(store, drill, window, now);
  if (to <= from) {
    const late = delayMs === 0 ? "" : ` and ${seconds(delayMs)} after it`;
    return `There was no time between "${window.from}"${late} and ${closed ? "the end of the window" : "now"}`;
  }
  return { from, to, closed, ...(cut === undefined ? {} : { cut }) };
}

function endOf(store: TimelineStore, drill: string, window: Window, now: number): Omit<Span, "from"> {
  const mark = window.to === undefined ? undefined : store.mark(drill, window.to);
  if (mark !== undefined) return { to: Math.min(mark.t, now), closed: mark.t <= now };
  const finish = store.all("drill", drill).find((event) => event.state !== "started" && event.t <= now);
  if (finish === undefined) return { to: now, closed: false };
  if (window.to === undefined) return { to: finish.t, closed: true };
  return { to: finish.t, closed: true, cut: `the drill ended before "${window.to}"` };
}
