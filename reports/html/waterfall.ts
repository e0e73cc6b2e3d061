// The waterfall: where did the time go? Predicted as an outline, measured solid, what went over the budget hatched.
import { positionOf } from "../build/axis.ts";
import type { Axis, DrillModel, WaterfallLink } from "../model.ts";
import { figure, offset } from "../text/numbers.ts";
import { html, name, type Html } from "./markup.ts";
import { background, extent, foreground, percent, plotSymbols, ruler } from "./plot.ts";

export function waterfallPart(drill: DrillModel): Html {
  const { waterfall } = drill;
  if (waterfall === null) return html``;
  const id = `waterfall-${drill.anchor}`;
  return html`<figure class="picture" aria-labelledby="${id}">
    <figcaption id="${id}">
      <h3>Where did the time go, and where was it thought to go?</h3>
      <p class="key">
        <span class="swatch-predicted"></span> predicted up to the budget
        <span class="swatch-expected"></span> expected <span class="swatch-measured"></span> measured
        <span class="swatch-over"></span> over the budget
      </p>
    </figcaption>
    ${plotSymbols(id, waterfall.axis, [])}
    <div class="timetable waterfall">
      ${ruler(waterfall.axis, [])}${waterfall.links.map((link) => linkRow(id, waterfall.axis, link))}
    </div>
    ${linkTable(waterfall.links)}
  </figure>`;
}

function linkRow(id: string, axis: Axis, link: WaterfallLink): Html {
  const spoken = `${link.name}: ${link.figure}${link.expected === null ? "" : `, expected at ${offset(link.expected)}`}`;
  return html`<div class="lane eventful ${link.verdict}">
    <div class="lane-label"><a href="#${link.anchor}">${name(link.name)}</a></div>
    <svg class="plot" height="30" role="img" aria-label="${spoken}">
      <title>${spoken}</title>
      ${background(id)}${predicted(axis, link)}${measured(axis, link)}${foreground(id)}
    </svg>
    <div class="lane-figure">${link.figure}</div>
  </div>`;
}

function predicted(axis: Axis, link: WaterfallLink): Html {
  if (link.budget === null) return html``;
  const { x, width } = extent(axis, Math.min(link.predictedFrom, link.budget), link.budget);
  const tick = link.expected === null ? undefined : percent(positionOf(axis, link.expected));
  const early = link.earliest === null ? undefined : percent(positionOf(axis, link.earliest));
  return html`<rect class="predicted" x="${percent(x)}" y="5" width="${percent(width)}" height="20" />
    ${early === undefined ? "" : html`<line class="earliest" x1="${early}" x2="${early}" y1="3" y2="27" />`}
    ${tick === undefined ? "" : html`<line class="wf-expected" x1="${tick}" x2="${tick}" y1="2" y2="28" />`}`;
}

function measured(axis: Axis, link: WaterfallLink): Html {
  if (link.measured === null) {
    const { x } = extent(axis, link.measuredFrom, link.measuredFrom);
    return html`<text class="never ${link.verdict}" x="${percent(Math.min(x, 80))}" dx="6" y="19"
      >${link.verdict === "fail" ? "never seen" : "not measured"}</text
    >`;
  }
  const limit = link.budget ?? link.measured;
  const inside = extent(axis, Math.min(link.measuredFrom, link.measured), Math.min(link.measured, limit));
  const solid = html`<rect
    class="measured"
    x="${percent(inside.x)}"
    y="9"
    width="${percent(inside.width)}"
    height="12"
  />`;
  if (link.measured <= limit) return solid;
  const over = extent(axis, Math.max(limit, Math.min(link.measuredFrom, link.measured)), link.measured);
  return html`${solid}<rect
      class="over"
      x="${percent(over.x)}"
      y="9"
      width="${percent(over.width)}"
      height="12"
    /><rect class="over-texture" x="${percent(over.x)}" y="9" width="${percent(over.width)}" height="12" />`;
}

function linkTable(links: readonly WaterfallLink[]): Html {
  const at = (ms: number | null): string => (ms === null ? "–" : figure(ms / 1000));
  return html`<details class="data">
    <summary>The waterfall as a table</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Link</th>
            <th class="n">Earliest, s</th>
            <th class="n">Expected, s</th>
            <th class="n">Budget, s</th>
            <th class="n">Measured, s</th>
          </tr>
        </thead>
        <tbody>
          ${links.map(
            (link) =>
              html`<tr>
                <td>${name(link.name)}</td>
                <td class="n">${at(link.earliest)}</td>
                <td class="n">${at(link.expected)}</td>
                <td class="n">${at(link.budget)}</td>
                <td class="n">
                  ${link.measured === null && link.verdict === "fail" ? "never" : at(link.measured)}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">Times since the injection.</p>
  </details>`;
}
