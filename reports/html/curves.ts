// Load, latency, replicas and usage, one row each over the same time axis; and the stages as tables.
import { positionOf } from "../build/axis.ts";
import type { Axis, Curve, Curves, DrillModel, StageTable } from "../model.ts";
import { figure, gap, offset } from "../text/numbers.ts";
import { html, name, type Html } from "./markup.ts";
import { pathOf, type Point } from "./path.ts";
import { background, foreground, ruler } from "./plot.ts";

const height = 72;
/** Above and below what is drawn. */
const padding = 4;
const tableRows = 24;

export function curvesPart(drill: DrillModel): Html {
  const { curves, stages, felt } = drill;
  if (curves === null) return html``;
  const id = `curves-${drill.anchor}`;
  return html`<figure class="picture" aria-labelledby="${id}">
    <figcaption id="${id}">
      <h3>What did load, latency, replicas and usage do?</h3>
      <p class="key">Each row from 0 to the number at its upper edge, linear.</p>
    </figcaption>
    <div class="timetable">${ruler(drill.axis, [])} ${curves.rows.map((row) => curveRow(drill, row))}</div>
    ${curvesTable(drill.axis, curves)}
    ${stages === null ? "" : stagesTable("What each stage came to", stages)}
    ${felt === null ? "" : stagesTable("What users felt, by how many pods were Ready", felt)}
  </figure>`;
}

function curveRow(drill: DrillModel, row: Curves["rows"][number]): Html {
  const top = Math.max(1, ...row.lines.flatMap((line) => line.points.map((each) => each.value)));
  const unit = row.unit === "" ? "" : `${gap}${row.unit}`;
  const told = row.lines.map((line) => `${line.label} up to ${figure(rounded(highest(line)))}${unit}`);
  return html`<div class="lane eventful">
    <div class="lane-label">
      ${name(row.label)}
      ${row.lines.map(
        (line, index) =>
          html`<span class="curve-name"
            ><svg class="curve-key" aria-hidden="true">
              <line class="curve curve-${index}" x1="0" x2="100%" y1="50%" y2="50%" /></svg
            >${name(line.label)}</span
          >`,
      )}
    </div>
    <svg
      class="plot curves-plot"
      height="${height}"
      role="img"
      aria-label="${`${row.label}: ${told.join(", ")}`}"
    >
      ${background(drill.anchor)}
      <svg class="curves" width="100%" height="100%" viewBox="0 0 1000 ${height}" preserveAspectRatio="none">
        ${row.lines.map((line, index) => html`<path class="curve curve-${index}" d="${lineOf(drill.axis, line, top)}" />`)}
      </svg>
      ${foreground(drill.anchor)}
      <text class="level-name" x="2" y="11">${figure(rounded(top))}</text>
    </svg>
    <div class="lane-figure">up to ${figure(rounded(top))}${unit}</div>
  </div>`;
}

/** A line is broken where nothing was measured for a while. */
function lineOf(axis: Axis, line: Curve, top: number): string {
  const pieces: Point[][] = [];
  let before: number | null = null;
  for (const { at, value } of line.points) {
    if (before === null || at - before > line.gapMs) pieces.push([]);
    const y = height - padding - (value / top) * (height - 2 * padding);
    pieces.at(-1)?.push({ x: positionOf(axis, at) * 10, y: Math.round(y * 10) / 10 });
    before = at;
  }
  return pieces.map((piece) => `${pathOf(piece)}${piece.length === 1 ? "h2" : ""}`).join("");
}

function highest(line: Curve): number {
  return Math.max(0, ...line.points.map((each) => each.value));
}

function curvesTable(axis: Axis, { rows }: Curves): Html {
  const lines = rows.flatMap((row) => row.lines.map((line) => ({ row, line })));
  const step = (axis.to - axis.from) / tableRows;
  const times = Array.from({ length: tableRows }, (_, index) => axis.from + index * step);
  return html`<details class="data">
    <summary>The same as a table: the highest value in each stretch</summary>
    <div class="scroll">
      <table class="shares">
        <thead>
          <tr>
            <th class="n">From</th>
            ${lines.map(({ row, line }) => html`<th class="n">${name(`${row.label}: ${line.label}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${times.map(
            (time) =>
              html`<tr>
                <td>${offset(time)}</td>
                ${lines.map(({ line }) => html`<td>${cell(line, time, time + step)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function cell({ points, step }: Curve, from: number, to: number): string {
  const inside = points.filter(({ at }) => at >= from && at < to);
  // A step line is known between its points as well.
  const held = step && inside.length === 0 ? points.findLast(({ at }) => at < from) : undefined;
  const values = (held === undefined ? inside : [held]).map((each) => each.value);
  return values.length === 0 ? "–" : figure(rounded(Math.max(...values)));
}

function stagesTable(caption: string, { columns, rows }: StageTable): Html {
  const slow = rows.flatMap((row) => (row.slow === null ? [] : [{ stage: row.stage, why: row.slow }]));
  return html`<div class="scroll">
      <table class="shares">
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            <th>Stage</th>
            ${columns.map((column) => html`<th class="n">${name(column)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ stage, figures }) =>
              html`<tr>
                <td>${name(stage)}</td>
                ${columns.map((column) => html`<td class="n">${shown(figures[column])}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      slow.length === 0
        ? ""
        : html`<ul class="findings">
            ${slow.map(({ stage, why }) => html`<li><b>Why ${name(stage)} answers slowly:</b> ${name(why)}.</li>`)}
          </ul>`
    }`;
}

function shown(value: string | number | boolean | null | undefined): string {
  if (typeof value === "number") return figure(value);
  return value === null || value === undefined ? "–" : String(value);
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
}
