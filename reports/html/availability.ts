// What share of requests was answered, by path, on the drill's own time axis, so that it stands under its lanes.
import type { Availability, Axis, DrillModel } from "../model.ts";
import { figure, offset, share } from "../text/numbers.ts";
import { html, name, type Html } from "./markup.ts";
import { background, extent, foreground, ruler } from "./plot.ts";
import { tableBuckets } from "./table-buckets.ts";

/** Of a row's shapes, in pixels. */
const height = 24;

export function availabilityPart(drill: DrillModel): Html {
  const { availability } = drill;
  if (availability === null) return html``;
  const id = `availability-${drill.anchor}`;
  return html`<figure class="picture" aria-labelledby="${id}">
    <figcaption id="${id}"><h3>What share of requests was answered, by path?</h3></figcaption>
    <div class="timetable">
      ${ruler(drill.axis, [])}
      ${availability.rows.map((row, index) => availabilityRow(drill, availability.bucketMs, row, `lost-${drill.anchor}-${String(index)}`))}
    </div>
    ${availabilityTable(availability)}
  </figure>`;
}

type Row = Availability["rows"][number];

function availabilityRow(drill: DrillModel, bucketMs: number, row: Row, id: string): Html {
  const total = sum(row.total);
  const text = share(sum(row.ok), total);
  return html`<div class="lane eventful">
    <div class="lane-label">${name(row.label)}</div>
    <svg class="plot" height="30" role="img" aria-label="${row.label}: ${text} of ${total} requests answered">
      ${background(drill.anchor)}${shapes(drill.axis, bucketMs, row, id)}${foreground(drill.anchor)}
    </svg>
    <div class="lane-figure">${text} of ${figure(total)}</div>
  </div>`;
}

interface Run {
  first: number;
  last: number;
  share: number;
}

/** Neighbouring buckets with the same share are one rectangle. */
function runs(row: Row): Run[] {
  const all: Run[] = [];
  for (const [index, total] of row.total.entries()) {
    if (total === 0) continue;
    const answered = (row.ok[index] ?? 0) / total;
    const last = all.at(-1);
    if (last?.last === index - 1 && Math.round(last.share * 20) === Math.round(answered * 20))
      last.last = index;
    else all.push({ first: index, last: index, share: answered });
  }
  return all;
}

/**
 * Height is the share answered; above it, what failed. One shape for all that was answered and one for all that was
 * not. The latter is a hole through which colour and texture are seen: a texture would be stretched with a shape.
 */
function shapes(axis: Axis, bucketMs: number, row: Row, id: string): Html {
  let answered = "";
  let lost = "";
  for (const run of runs(row)) {
    const from = Math.max(axis.from, row.from + run.first * bucketMs);
    const to = Math.min(axis.to, row.from + (run.last + 1) * bucketMs);
    const { x, width } = extent(axis, from, to);
    const left = Math.round(x * 100);
    const right = Math.round((x + width) * 100);
    const top = Math.round((1 - run.share) * height * 10) / 10;
    const box = (upper: number, lower: number): string =>
      `M${String(left)} ${String(upper)}H${String(right)}V${String(lower)}H${String(left)}z`;
    if (top < height) answered += box(top, height);
    if (top > 0) lost += box(0, top);
  }
  return html`<svg
      class="curves"
      y="3"
      width="100%"
      height="${height}"
      viewBox="0 0 10000 ${height}"
      preserveAspectRatio="none"
    >
      <path class="ok" d="${answered}" />
    </svg>
    ${
      lost === ""
        ? ""
        : html`<clipPath id="${id}" clipPathUnits="objectBoundingBox">
              <path transform="scale(.0001 ${1 / height})" d="${lost}" />
            </clipPath>
            <g clip-path="url(#${id})">
              <rect class="lost" x="0%" y="3" width="100%" height="${height}" />
              <rect class="lost-texture" x="0%" y="3" width="100%" height="${height}" />
            </g>`
    }`;
}

function availabilityTable(availability: Availability): Html {
  const rows = tableBuckets(availability.rows[0]?.total.length ?? 0);
  return html`<details class="data">
    <summary>The shares as a table</summary>
    <div class="scroll">
      <table class="shares">
        <thead>
          <tr>
            <th class="n">From</th>
            ${availability.rows.map((row) => html`<th class="n">${name(row.label)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ first, end }) =>
              html`<tr>
                <td>${offset((availability.rows[0]?.from ?? 0) + first * availability.bucketMs)}</td>
                ${availability.rows.map((row) => html`<td>${share(sum(row.ok.slice(first, end)), sum(row.total.slice(first, end)))}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
