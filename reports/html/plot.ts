// What all pictures of a drill share: positions in per cent, the ruler with its folds, grid and fault bands.
import { positionOf } from "../build/axis.ts";
import type { Axis, FaultBand } from "../model.ts";
import { offset, seconds } from "../text/numbers.ts";
import { html, type Html } from "./markup.ts";

/** A position as an SVG length; hundredths of a per cent are finer than a pixel. */
export function percent(value: number): string {
  return `${String(Math.round(value * 100) / 100)}%`;
}

/** The x and width of a stretch of time, never thinner than can be seen. */
export function extent(axis: Axis, from: number, to: number): { x: number; width: number } {
  const x = positionOf(axis, from);
  return { x, width: Math.max(0.12, positionOf(axis, to) - x) };
}

/**
 * Symbols that every row of a picture reuses: `bg-ID` beneath (grid, bands), `fg-ID` above (folds, edges of bands).
 * Percentages in a symbol are of the row that uses it.
 */
export function plotSymbols(id: string, axis: Axis, faults: readonly FaultBand[]): Html {
  return html`<svg class="defs" aria-hidden="true" focusable="false">
    <symbol id="bg-${id}">
      ${faults.map((fault) => bandMarkup(axis, fault))}${axis.ticks.map(gridLine)}
    </symbol>
    <symbol id="fg-${id}">
      ${axis.pieces.filter((piece) => piece.folded).map(foldMarkup)}
      ${faults.flatMap((fault) => [
        edgeLine(axis, fault.injected, fault.tone),
        fault.healed === null ? "" : edgeLine(axis, fault.healed, fault.tone),
      ])}
    </symbol>
  </svg>`;
}

export function background(id: string): Html {
  return html`<use href="#bg-${id}" />`;
}

export function foreground(id: string): Html {
  return html`<use href="#fg-${id}" />`;
}

/** The axis with its ticks, the length of each fold, and above it the names of the faults. */
export function ruler(axis: Axis, faults: readonly FaultBand[]): Html {
  return html`<div class="lane ruler" aria-hidden="true">
    <div class="lane-label">Time from the injection</div>
    <svg class="plot" height="${faults.length === 0 ? 24 : 44}">
      ${axis.ticks.map(gridLine)}${axis.pieces.filter((piece) => piece.folded).map(foldMarkup)}
      ${faults.map((fault) => {
        const { x, width } = extent(axis, fault.injected, fault.healed ?? axis.to);
        const bound = Math.min(x, 80);
        return html`<rect
            class="band-cap tone-${fault.tone}"
            x="${percent(x)}"
            width="${percent(width)}"
            y="0"
            height="20"
          />
          <text class="band-name" x="${percent(bound)}" dx="6" y="14"
            >${fault.label}: ${fault.targets.join(", ")}</text
          >`;
      })}
      ${axis.ticks.map(
        (tick, index) =>
          html`<text class="${tickClass(axis, tick, index)}" x="${percent(tick.left)}" y="100%" dy="-6"
            >${tick.label}</text
          >`,
      )}
      ${axis.pieces
        .filter((piece) => piece.folded)
        .map((piece) => {
          const title = `Folded: ${seconds(piece.to - piece.from)} without a change, ${offset(piece.from)} to ${offset(piece.to)}`;
          return html`<text class="fold-name" x="${percent((piece.left + piece.right) / 2)}" y="100%" dy="-6"
            ><title>${title}</title>${seconds(Math.round((piece.to - piece.from) / 1000) * 1000)}</text
          >`;
        })}
    </svg>
    <div class="lane-figure"></div>
  </div>`;
}

/** Labels at the edges grow inwards; on a phone every second one is left out, so that the injection's stays. */
function tickClass({ ticks }: Axis, tick: Axis["ticks"][number], index: number): string {
  const zero = ticks.findIndex(({ at }) => at === 0);
  const edge = tick.left < 2 ? " start" : tick.left > 97 ? " end" : "";
  return `tick${edge}${index === zero ? " zero" : (index - zero) % 2 === 0 ? "" : " odd"}`;
}

function bandMarkup(axis: Axis, fault: FaultBand): Html {
  const { x, width } = extent(axis, fault.injected, fault.healed ?? axis.to);
  return html`<rect
    class="band tone-${fault.tone}"
    x="${percent(x)}"
    width="${percent(width)}"
    height="100%"
  />`;
}

function edgeLine(axis: Axis, at: number, tone: string): Html {
  const x = percent(positionOf(axis, at));
  return html`<line class="edge tone-${tone}" x1="${x}" x2="${x}" y1="0" y2="100%" />`;
}

function gridLine(tick: Axis["ticks"][number]): Html {
  return html`<line class="grid" x1="${percent(tick.left)}" x2="${percent(tick.left)}" y1="0" y2="100%" />`;
}

/** Like torn paper: a gap with a zigzag in it. */
function foldMarkup(piece: Axis["pieces"][number]): Html {
  const middle = percent((piece.left + piece.right) / 2);
  return html`<rect
      class="fold"
      x="${percent(piece.left)}"
      width="${percent(piece.right - piece.left)}"
      height="100%"
    /><svg class="tear" x="${middle}" width="8" height="100%">
      <rect x="-4" width="8" height="100%" fill="url(#texture-fold)" />
    </svg>`;
}
