// A lane of states in one short figure, for the column beside the picture.
import type { Segment } from "../model.ts";
import { figure, seconds } from "../text/numbers.ts";
import { lengths } from "./segments.ts";

/** "off 81 s", "cp1 → cp2 → cp1", "least 10", "no change". */
export function stateFigure(segments: readonly Segment[]): string {
  const seen = segments.filter((segment) => segment.tone !== "unseen");
  const labels = seen.map((segment) => segment.label);
  const chain = labels.filter((label, index) => label !== labels[index - 1]);
  if (chain.length < 2) {
    const hidden = lengths(segments, (segment) => segment.tone === "unseen");
    return hidden.total > 0 ? `not seen ${seconds(hidden.longest)}` : "no change";
  }
  if (seen.some((segment) => segment.tone.startsWith("place-"))) return chainFigure(seen);
  const [worst] = seen
    .filter((segment) => ["bad", "off", "absent", "partly"].includes(segment.tone))
    .sort((a, b) => b.to - b.from - (a.to - a.from));
  const numbers = chain.map(Number);
  if (worst === undefined) return changeFigure(chain, numbers, seen);
  if (numbers.every((each) => !Number.isNaN(each))) return `least ${figure(Math.min(...numbers))}`;
  return `${worst.label} ${seconds(lengths(segments, (segment) => segment.label === worst.label).longest)}`;
}

/** "2 → 3" when it stays so; "most 4" or "unreachable 28 s" when it went back to what it was. */
function changeFigure(
  chain: readonly string[],
  numbers: readonly number[],
  seen: readonly Segment[],
): string {
  if (chain[0] !== chain.at(-1)) return `${chain[0] ?? ""} → ${chain.at(-1) ?? ""}`;
  if (numbers.every((each) => !Number.isNaN(each))) return `most ${figure(Math.max(...numbers))}`;
  const other = chain.find((label) => label !== chain[0]) ?? "";
  return `${other} ${seconds(lengths(seen, (segment) => segment.label === other).longest)}`;
}

/** Who followed whom; nobody in between is left to the picture. */
function chainFigure(seen: readonly Segment[]): string {
  const held = seen.filter((segment) => segment.tone.startsWith("place-")).map((segment) => segment.label);
  const hops = held.filter((label, index) => label !== held[index - 1]);
  if (hops.length === 1) return `${hops[0] ?? ""} throughout`;
  return hops.length <= 3 ? hops.join(" → ") : `${hops[0] ?? ""} → … → ${hops.at(-1) ?? ""}`;
}
