// A load over time for a terminal: answers a second, where requests failed, and the 99th percentile.
import { newHistogram, type Histogram } from "../engine/histogram.ts";
import type { SecondResult } from "../load.ts";
import { ms } from "./ab-table.ts";

const columnsMax = 64;
const height = 6;

interface Column {
  perSecond: number;
  failed: number;
  p99Us: number;
}

export function asciiTimeline(seconds: readonly SecondResult[]): string {
  if (seconds.length === 0) return "";
  const width = Math.ceil(seconds.length / columnsMax);
  const columns: Column[] = [];
  for (let at = 0; at < seconds.length; at += width) columns.push(columnOf(seconds.slice(at, at + width)));
  const most = Math.max(...columns.map((each) => each.perSecond));
  const slowest = Math.max(...columns.map((each) => each.p99Us));
  return [
    `Timeline (${String(width)} s a column)`,
    ...bars(
      columns.map((each) => each.perSecond),
      `${most.toFixed(0)}/s`,
      "#",
    ),
    `${"failed".padStart(10)} |${columns.map((each) => (each.failed > 0 ? "x" : " ")).join("")}`,
    ...bars(
      columns.map((each) => each.p99Us),
      `p99 ${ms(slowest)}`,
      "*",
    ),
    `${" ".repeat(11)}+${"-".repeat(columns.length)}`,
    "",
  ].join("\n");
}

function columnOf(seconds: readonly SecondResult[]): Column {
  const latency: Histogram = newHistogram();
  for (const each of seconds) latency.add(each.latency);
  return {
    perSecond: seconds.reduce((sum, each) => sum + each.answered, 0) / seconds.length,
    failed: seconds.reduce((sum, each) => sum + each.failed, 0),
    p99Us: latency.totalCount === 0 ? 0 : latency.getValueAtPercentile(99),
  };
}

/** Rows from the top; whatever is not nothing is at least one row high. */
function bars(values: readonly number[], label: string, ink: string): string[] {
  const top = Math.max(...values);
  const heights = values.map((each) => (top === 0 ? 0 : Math.ceil((each / top) * height)));
  return Array.from({ length: height }, (_, row) => {
    const cells = heights.map((each) => (each >= height - row ? ink : " ")).join("");
    return `${(row === 0 ? label : "").padStart(10)} |${cells}`.trimEnd();
  });
}
