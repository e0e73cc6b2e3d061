// The log of a drill: what was done to the cluster and what the harness said, in order; not what probes saw.
import type { BlindEvent } from "../../harness/timeline/events.ts";
import type { PlainEvent, TimelineStore } from "../../harness/timeline/store.ts";
import type { LogRow } from "../model.ts";
import { capital, counted, listed, seconds } from "../text/numbers.ts";
import { slug } from "./anchors.ts";
import type { Period } from "./period.ts";

const faultWords = {
  ready: "prepared",
  injecting: "being injected",
  active: "active",
  confirmed: "confirmed",
  healing: "being healed",
  healed: "healed",
  broken: "COULD NOT BE HEALED",
} as const;

export function logOf(store: TimelineStore, period: Period): LogRow[] {
  const rows: Omit<LogRow, "anchor">[] = [];
  // A restore loses what was written after its snapshot, on purpose.
  const promised = store
    .all("expectation", period.drill)
    .some(({ expectation }) => expectation.judge.kind === "lost-writes");
  let blind: BlindEvent[] = [];
  const sayBlind = (): void => {
    for (const row of blindRows(blind)) rows.push({ ...row, at: row.at - period.zero });
    blind = [];
  };
  for (const event of store.events) {
    if (event.type === "blind" && event.t >= period.from && event.t <= period.to) blind.push(event);
    const row = rowOf(event, period, promised);
    if (row === undefined) continue;
    sayBlind();
    rows.push({ ...row, at: event.t - period.zero });
  }
  sayBlind();
  return rows.map((row, index) => ({ ...row, anchor: `event-${slug(period.drill)}-${String(index + 1)}` }));
}

/** What happened between two other entries for the same reason is one entry, however many probes it hit. */
function blindRows(events: readonly BlindEvent[]): Omit<LogRow, "anchor">[] {
  const reasons = new Map<string, BlindEvent[]>();
  for (const event of events) reasons.set(event.why, [...(reasons.get(event.why) ?? []), event]);
  return [...reasons].map(([why, own]) => {
    const probes = [...new Set(own.map((event) => event.probe))];
    const who = probes.length <= 3 ? listed(probes) : counted(probes.length, "probe");
    const longest = Math.max(...own.map((event) => event.t - event.from));
    const often = own.length === 1 ? "" : ` ${counted(own.length, "time")}, longest`;
    const text = `${who} could not see${often} for ${seconds(longest)}: ${why}`;
    return { at: Math.min(...own.map((event) => event.from)), kind: "blind", text };
  });
}

function rowOf(
  event: PlainEvent,
  period: Period,
  promised: boolean,
): Omit<LogRow, "at" | "anchor"> | undefined {
  const during = event.t >= period.from && event.t <= period.to;
  if ("drill" in event ? event.drill !== period.drill : !during) return undefined;
  switch (event.type) {
    case "drill":
      return { kind: "drill", text: withNote(`Drill ${event.state}`, event.reason) };
    case "mark":
      return { kind: "mark", text: withNote(`Mark “${event.name}”`, event.note) };
    case "fault":
      return {
        kind: "fault",
        text: withNote(`${capital(event.title)}: ${faultWords[event.state]}`, event.note),
      };
    case "action":
      return {
        kind: "action",
        text: withNote(
          `${event.title}: ${event.ok ? "done" : "failed"} in ${seconds(event.t - event.start)}`,
          event.error,
        ),
      };
    case "audit":
      return {
        kind: event.lost.length === 0 || !promised ? "info" : "error",
        text: `Writes of ${event.writer}: ${String(event.attempted)} attempted, ${String(event.acknowledged)} acknowledged, ${String(event.unknown)} unknown, ${String(event.lost.length)} lost${event.incomplete === undefined ? "" : `; incomplete: ${event.incomplete}`}`,
      };
    case "log":
      return { kind: event.level, text: event.message };
    case "run":
    case "run-end":
    case "lab":
    case "probe":
    case "state":
    case "blind":
    case "fact":
    case "prediction":
    case "expectation":
      return undefined;
  }
}

function withNote(text: string, note: string | undefined): string {
  return note === undefined || note === "" ? text : `${text}: ${note}`;
}
