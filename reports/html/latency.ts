// How long answers took, by path, on the drill's own time axis; with data for the chart that script draws.
import { positionOf } from "../build/axis.ts";
import type { Axis, DrillModel, Latency, LatencySeries } from "../model.ts";
import { figure, gap, offset } from "../text/numbers.ts";
import { html, jsonText, name, type Html } from "./markup.ts";
import { background, foreground, ruler } from "./plot.ts";
import { pathOf, type Point } from "./path.ts";
import { tableBuckets } from "./table-buckets.ts";

export function latencyPart(drill: DrillModel): Html {
  const { latency } = drill;
  if (latency === null) return html``;
  const id = `latency-${drill.anchor}`;
  const top = Math.max(100, ...latency.series.flatMap((series) => series.max.map((each) => each ?? 0)));
  return html`<figure class="picture" aria-labelledby="${id}">
    <figcaption id="${id}">
      <h3>How long did an answer take?</h3>
      <p class="key">
        Median as a line, fastest to slowest as a band; ticks at the foot: requests that failed. Scale: 1 ms
        to ${figure(Math.round(top))} ms, logarithmic.
      </p>
    </figcaption>
    <div class="timetable">
      ${ruler(drill.axis, [])} ${latency.series.map((series) => latencyRow(drill, series, top))}
    </div>
    <details class="explore" data-latency="data-${id}">
      <summary>Explore the latency: zoom by dragging, read off values</summary>
      <div class="explore-host"></div>
    </details>
    <script type="application/json" id="data-${id}">
      ${jsonText(compact(latency))}
    </script>
    ${latencyTable(latency)}
  </figure>`;
}

function latencyRow(drill: DrillModel, series: LatencySeries, top: number): Html {
  const medians = series.median.filter((each) => each !== null).sort((a, b) => a - b);
  const typical = medians[medians.length >> 1];
  const worst = Math.max(...series.max.map((each) => each ?? 0));
  const text =
    typical === undefined
      ? "no answer"
      : `${figure(round(typical))}${gap}ms, worst ${figure(round(worst))}${gap}ms`;
  return html`<div class="lane eventful">
    <div class="lane-label">${name(series.label)}</div>
    <svg class="plot latency" height="64" role="img" aria-label="${series.label}: median ${text}">
      ${background(drill.anchor)}
      <svg class="curves" width="100%" height="100%" viewBox="0 0 1000 64" preserveAspectRatio="none">
        ${curves(drill.axis, series, top)}
      </svg>
      ${[10, 100, 1000].filter((ms) => ms < top * 0.8).map((ms) => html`<line class="level" x1="0" x2="100%" y1="${levelOf(ms, top)}" y2="${levelOf(ms, top)}" /><text class="level-name" x="2" y="${levelOf(ms, top) - 2}">${ms}</text>`)}
      ${foreground(drill.anchor)}
    </svg>
    <div class="lane-figure">${text}</div>
  </div>`;
}

/** Logarithmic, 1 ms at the foot; the foot itself belongs to failures. */
function levelOf(ms: number, top: number): number {
  const part = Math.log10(Math.max(1, ms)) / Math.log10(top);
  return Math.round((56 - Math.min(1, part) * 52) * 10) / 10;
}

/** Band and line of every unbroken stretch; ticks where requests failed. */
function curves(axis: Axis, series: LatencySeries, top: number): Html {
  const x = (at: number): number => Math.round(positionOf(axis, at) * 10);
  const half = series.bucketMs / 2;
  let band = "";
  let line = "";
  for (const { first, end } of answered(series)) {
    const indexes = Array.from({ length: end - first }, (_, offset) => first + offset);
    const at = (index: number): number => series.at[index] ?? 0;
    const upper = indexes.flatMap((index): Point[] => {
      const level = levelOf(series.max[index] ?? 1, top);
      return [
        { x: x(at(index) - half), y: level },
        { x: x(at(index) + half), y: level },
      ];
    });
    const lower = indexes
      .toReversed()
      .map((index): Point => ({ x: x(at(index) + half), y: levelOf(series.min[index] ?? 1, top) + 0.6 }));
    band += `${pathOf([...upper, ...lower])}z`;
    line += pathOf(indexes.map((index) => ({ x: x(at(index)), y: levelOf(series.median[index] ?? 1, top) })));
    // A line of one point would not be seen.
    if (indexes.length === 1) line += "h2";
  }
  const failures = series.at.flatMap((at, index) => ((series.failed[index] ?? 0) > 0 ? [String(x(at))] : []));
  const ticks = [...new Set(failures)].map((at) => `M${at} 57V64`).join("");
  return html`<path class="spread" d="${band}" /><path class="median" d="${line}" /><path
      class="failures"
      d="${ticks}"
    />`;
}

/** Stretches of buckets in which something was answered. */
function answered(series: LatencySeries): { first: number; end: number }[] {
  const stretches: { first: number; end: number }[] = [];
  for (const [index, median] of series.median.entries()) {
    if (median === null) continue;
    const last = stretches.at(-1);
    if (last?.end === index) last.end = index + 1;
    else stretches.push({ first: index, end: index + 1 });
  }
  return stretches;
}

function latencyTable(latency: Latency): Html {
  const [first] = latency.series;
  const rows = tableBuckets(first?.at.length ?? 0);
  return html`<details class="data">
    <summary>The latencies as a table: median / slowest, in ms</summary>
    <div class="scroll">
      <table class="shares">
        <thead>
          <tr>
            <th class="n">From</th>
            ${latency.series.map((series) => html`<th class="n">${name(series.label)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <td>${offset((first?.at[row.first] ?? 0) - (first?.bucketMs ?? 0) / 2)}</td>
                ${latency.series.map((series) => html`<td>${latencyCell(series, row.first, row.end)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function latencyCell(series: LatencySeries, first: number, end: number): string {
  const medians = series.median
    .slice(first, end)
    .filter((each) => each !== null)
    .sort((a, b) => a - b);
  const typical = medians[medians.length >> 1];
  if (typical === undefined) return "–";
  return `${figure(round(typical))} / ${figure(round(Math.max(...series.max.slice(first, end).map((each) => each ?? 0))))}`;
}

/** What the script draws: columns, milliseconds to a tenth. */
function compact(latency: Latency): unknown {
  const tenth = (values: readonly (number | null)[]): (number | null)[] =>
    values.map((each) => (each === null ? null : round(each)));
  return latency.series.map((series) => ({
    label: series.label,
    from: (series.at[0] ?? 0) / 1000,
    step: series.bucketMs / 1000,
    min: tenth(series.min),
    median: tenth(series.median),
    max: tenth(series.max),
    failed: series.failed,
  }));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
