// How a seen value reads and looks in a lane. What counts as good depends on the kind of probe and on what was so
// before the fault.
import type { ProbeEvent, StateEvent } from "../../harness/timeline/events.ts";
import type { Tone } from "../model.ts";
import { figure } from "../text/numbers.ts";
import { shortened } from "../text/visible.ts";
import type { Places } from "./places.ts";

type Value = StateEvent["value"];

/** @param before the value just before the fault; undefined when nothing was seen yet */
export function wordOf(
  group: ProbeEvent["group"],
  value: Value,
  before: Value | undefined,
  places: Places,
): { label: string; tone: Tone } {
  if (value === null) return { label: "none", tone: before === null ? "good" : "absent" };
  if (typeof value === "boolean") return { label: value ? "yes" : "no", tone: toneOfBoolean(value, before) };
  if (typeof value === "number") return { label: figure(value), tone: toneOfNumber(value, before) };
  if (group === "nodes" && nodeWords.has(value))
    return { label: nodeWords.get(value) ?? value, tone: value === "True" ? "good" : "bad" };
  if (group === "machines") return powerWord(value);
  const place = places.find(value);
  if (place !== undefined) return { label: place.name, tone: place.tone };
  const label = shortened(value, 40);
  // Two machines at once, where there must be one.
  if (value.includes("+") && value.split("+").every((name) => places.find(name) !== undefined))
    return { label, tone: "bad" };
  return { label, tone: before === undefined || value === before ? "good" : "changed" };
}

const nodeWords = new Map([
  ["True", "Ready"],
  ["False", "NotReady"],
  ["Unknown", "Unknown"],
]);

function powerWord(value: string): { label: string; tone: Tone } {
  if (value === "running") return { label: value, tone: "good" };
  if (value === "frozen") return { label: value, tone: "partly" };
  return { label: shortened(value, 40), tone: "off" };
}

/** What was true before the fault should stay so; what was false (another holds it) is no fault. */
function toneOfBoolean(value: boolean, before: Value | undefined): Tone {
  if (value) return "good";
  return before === false ? "absent" : "bad";
}

function toneOfNumber(value: number, before: Value | undefined): Tone {
  if (typeof before !== "number" || value === before) return "good";
  if (value > before) return "changed";
  return value === 0 ? "bad" : "partly";
}
