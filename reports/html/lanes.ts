// The timetable: one lane for each thing that was watched, all on one time axis, the fault as a band through them.
import type { Axis, DrillModel, Lane, Segment, Tone } from "../model.ts";
import { offset, seconds } from "../text/numbers.ts";
import { html, name, type Html } from "./markup.ts";
import { background, extent, foreground, percent, plotSymbols, ruler } from "./plot.ts";

const placeLooks = 6;

export function lanesPart(drill: DrillModel): Html {
  if (drill.lanes.length === 0) return html`<p class="none">No probe was running in this drill.</p>`;
  const id = `lanes-${drill.anchor}`;
  return html`<figure class="picture" data-lanes aria-labelledby="${id}">
    <figcaption id="${id}">
      <h3>What happened, and where?</h3>
      ${legend()}
    </figcaption>
    ${plotSymbols(drill.anchor, drill.axis, drill.faults)}
    <div class="timetable" data-drill="${drill.anchor}">
      ${ruler(drill.axis, drill.faults)}
      ${drill.lanes.map(
        (group) =>
          html`<h4 class="lane-group">${group.title}</h4>
            ${group.lanes.map((lane) => laneRow(drill, lane))}
            ${group.note === "" ? "" : html`<p class="note">${group.note}</p>`}`,
      )}
    </div>
    ${laneTable(drill)}
  </figure>`;
}

function legend(): Html {
  const entries: [string, string][] = [
    ["good", "as it should be"],
    ["partly", "partly"],
    ["bad", "no answer, not ready"],
    ["off", "off"],
    ["absent", "nobody"],
    ["changed", "changed"],
    ["unseen", "not seen: no evidence"],
  ];
  const swatch = ([tone, words]: [string, string]): Html => {
    return html`<span
      ><svg
        class="s ${tone}${tone === "good" ? " quiet" : ""} swatch"
        width="26"
        height="16"
        aria-hidden="true"
      >
        <rect />
        <rect />
      </svg>
      ${words}</span
    >`;
  };
  return html`<p class="key legend">${entries.map(swatch)}</p>`;
}

function laneRow(drill: DrillModel, lane: Lane): Html {
  return html`<div class="lane${lane.eventful ? " eventful" : ""}">
    <div class="lane-label" title="${lane.subjects.join(", ")}">${name(lane.label)}</div>
    <svg class="plot" height="24" role="img" aria-label="${spoken(lane)}">
      ${background(drill.anchor)}${lane.segments.map((segment) => segmentMarkup(drill.axis, segment))}${foreground(drill.anchor)}
    </svg>
    <div class="lane-figure">${lane.figure}</div>
  </div>`;
}

/**
 * A drawing of its own per stretch, so that its label is cut where the stretch ends; in it a shape, and the texture
 * over it. What is as it should be is a thin line: trouble stands out by its height as well. Thousands of these are
 * most of a page: what all of them share stands in the style.
 */
function segmentMarkup(axis: Axis, segment: Segment): Html {
  const { x, width } = extent(axis, segment.from, segment.to);
  const look = lookOf(segment.tone);
  const quiet = segment.tone === "good" && Number.isNaN(Number(segment.label));
  const detail = segment.detail === "" ? "" : ` · ${segment.detail}`;
  const title = `${segment.label}, ${offset(segment.from)} to ${offset(segment.to)} (${seconds(segment.to - segment.from)})${detail}`;
  if (quiet)
    return html`<rect class="s ${look} quiet" x="${percent(x)}" width="${percent(width)}"
      ><title>${title}</title></rect
    >`;
  return html`<svg class="s ${look}" x="${percent(x)}" width="${percent(width)}">
    <title>${title}</title>
    <rect />
    ${hasTexture(look) ? html`<rect />` : ""}${labelMarkup(axis, segment, x, width)}
  </svg>`;
}

function lookOf(tone: Tone): string {
  const place = /^place-(\d+)$/.exec(tone)?.[1];
  return place === undefined ? tone : `place-${String(Number(place) % placeLooks)}`;
}

function hasTexture(look: string): boolean {
  return !["good", "off", "absent", "changed", "place-0"].includes(look);
}

/** Where no fold hides it; hidden where it would be cut, unless zoomed: on a picture some 800 wide, and on a phone. */
function labelMarkup(axis: Axis, segment: Segment, x: number, width: number): Html {
  const needed = segment.label.length * 6.6 + 9;
  const open = axis.pieces
    .filter((piece) => !piece.folded && piece.right > x && piece.left < x + width)
    .map((piece) => {
      const left = Math.max(piece.left, x);
      return { left, width: Math.min(piece.right, x + width) - left };
    });
  const place = open.find((each) => each.width * 8 >= needed) ?? open[0];
  // Not even a twelvefold zoom would make room for it.
  if (place === undefined || place.width * 8 * 12 < needed) return html``;
  const look =
    place.width * 8 < needed ? html` class="no"` : place.width * 3 < needed ? html` class="wide"` : "";
  const from = percent((100 * (place.left - x)) / width);
  return html`<text${from === "0%" ? "" : html` x="${from}"`}${look}>${segment.label}</text>`;
}

function spoken(lane: Lane): string {
  const shown = lane.segments.slice(0, 8).map((each) => `${each.label} from ${offset(each.from)}`);
  const more = lane.segments.length > 8 ? `, and ${String(lane.segments.length - 8)} more changes` : "";
  return `${lane.label}: ${shown.join(", ")}${more}. ${lane.figure}.`;
}

function laneTable(drill: DrillModel): Html {
  return html`<details class="data">
    <summary>The timetable as a table</summary>
    <div class="scroll">
      <table class="stretches">
        <thead>
          <tr>
            <th class="n">From, s</th>
            <th class="n">To, s</th>
            <th>State</th>
            <th>Detail</th>
          </tr>
        </thead>
        ${drill.lanes.flatMap((group) => group.lanes.map((lane) => laneRows(group.title, lane)))}
      </table>
    </div>
  </details>`;
}

function laneRows(group: string, lane: Lane): Html {
  return html`<tbody>
    <tr>
      <th colspan="4" scope="rowgroup">${group}: ${name(lane.subjects.join(", "))}</th>
    </tr>
    ${lane.segments.map(
      (segment) =>
        html`<tr>
          <td>${bare(segment.from)}</td>
          <td>${bare(segment.to)}</td>
          <td>${segment.label}</td>
          <td>${segment.detail}</td>
        </tr>`,
    )}
  </tbody>`;
}

function bare(ms: number): string {
  return offset(ms).replace(/\s+s$/u, "");
}
