// Budgets as sums of links. A link is a duration with its formula in words and the inputs that went in; a chain adds
// links up, the slowest of several that run side by side counts. What cannot be derived is Infinity: no budget.
import type { Sourced } from "../../lab/facts.ts";
import type { BudgetInput, Expectation } from "../expectation.ts";

export interface Link {
  /** "the VIP moves". */
  name: string;
  ms: number;
  /** "3 × advert + skew". */
  how: string;
  inputs: BudgetInput[];
  /** What the formula gives on average; absent for allowances, of which only a limit is known. */
  likelyMs?: number;
  /** The links that it is the sum of; shown instead of itself wherever it is part of a longer sum. */
  parts?: Link[];
}

/** A link that is one input as it stands. */
export function given(name: string, input: Sourced<number>): Link {
  return { name, ms: input.value, how: "", inputs: [inputOf(name, input)] };
}

/** A duration as the inputs of a budget show it, in seconds. */
export function inputOf(name: string, { value, source }: Sourced<number>): BudgetInput {
  return { name, value: value / 1000, unit: "s", source };
}

/** One after the other. */
export function chain(name: string, ...links: readonly (Link | null)[]): Link {
  const parts = links.filter((each) => each !== null).flatMap((each) => each.parts ?? [each]);
  return {
    name,
    ms: parts.reduce((sum, each) => sum + each.ms, 0),
    how: counted(parts).join(" + "),
    inputs: unique(parts),
    likelyMs: parts.reduce((sum, each) => sum + (each.likelyMs ?? 0), 0),
    parts,
  };
}

/** Side by side, from the same beginning. */
export function slowest(name: string, ...links: readonly (Link | null)[]): Link {
  const parts = links.filter((each) => each !== null);
  const [only] = parts;
  if (only === undefined) return { name, ms: 0, how: "", inputs: [] };
  if (parts.length === 1) return only;
  return {
    name,
    ms: Math.max(...parts.map((each) => each.ms)),
    how: `the slowest of: ${parts.map(told).join("; ")}`,
    inputs: unique(parts),
    likelyMs: Math.max(...parts.map((each) => each.likelyMs ?? 0)),
  };
}

/** Budget, reason and inputs of an expectation in seconds. */
export function budgetOf(link: Link): Pick<Expectation, "unit" | "budget" | "why" | "inputs"> {
  const known = Number.isFinite(link.ms);
  const total = known ? `${figure(link.ms)} = ` : "No budget can be derived: ";
  return {
    unit: "s",
    budget: known ? link.ms / 1000 : null,
    why: `${total}${link.how}`,
    inputs: link.inputs,
  };
}

/** Budget of a count that must be zero, with its reason. */
export function none(
  why: string,
  inputs: BudgetInput[] = [],
): Pick<Expectation, "unit" | "budget" | "why" | "inputs"> {
  return { unit: "count", budget: 0, why, inputs };
}

/** "3.01 s". */
export function figure(ms: number): string {
  if (!Number.isFinite(ms)) return "unknown";
  const s = ms / 1000;
  return `${String(Number.isInteger(s) ? s : Number(s.toPrecision(s < 100 ? 3 : 4)))} s`;
}

/** Links that come more than once are told once: "2 × one API request 1 s". */
function counted(links: readonly Link[]): string[] {
  const words = links.map(told);
  return [...new Set(words)].map((each) => {
    const times = words.filter((other) => other === each).length;
    return times === 1 ? each : `${String(times)} × ${each}`;
  });
}

function told(link: Link): string {
  const nested = link.how === "" ? "" : ` (${link.how})`;
  return `${link.name} ${figure(link.ms)}${nested}`;
}

function unique(links: readonly Link[]): BudgetInput[] {
  const all = links.flatMap((each) => each.inputs);
  return all.filter((each, index) => all.findIndex((other) => other.name === each.name) === index);
}
