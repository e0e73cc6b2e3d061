// Things read once in a drill (member ids, replicas before and after), as text.
import type { FactEvent } from "../../harness/timeline/events.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";

/** A line for every pod of a cluster would bury the rest; "baseline.busiest" has those that matter. */
const inFilesOnly = new Set(["baseline.pod-cores", "baseline.pod-MiB"]);
/** What is longer is no name any more. */
const sentenceLength = 40;

export function factsOf(store: TimelineStore, drill: string): { name: string; value: string }[] {
  return store
    .all("fact", drill)
    .filter((fact) => !inFilesOnly.has(fact.name))
    .map((fact) => ({ name: fact.name, value: valueText(fact.value) }));
}

function valueText(value: FactEvent["value"]): string {
  if (value === null) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : listed(value);
  if (typeof value !== "object") return String(value);
  const pairs = Object.entries(value).map(([name, each]) => `${name}: ${String(each)}`);
  return pairs.length === 0 ? "none" : pairs.join(", ");
}

/** Sentences get a line each. */
function listed(items: readonly string[]): string {
  return items.join(items.some((each) => each.length > sentenceLength) ? "\n" : ", ");
}
