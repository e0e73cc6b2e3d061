// One row a drill at the top: verdict, sentence, the figures that users feel; a link to the drill below.
import type { DrillModel, PromiseModel } from "../model.ts";
import { withUnit } from "../text/units.ts";
import { html, name, type Html } from "./markup.ts";
import { marginBar } from "./margin.ts";
import { verdictMark } from "./verdicts.ts";

export function drillRows(drills: readonly DrillModel[]): Html {
  return html`<nav class="rows" aria-label="Drills">
    ${drills.map(
      (drill) =>
        html`<a class="row ${drill.verdict}" href="#${drill.anchor}">
          ${verdictMark(drill.verdict)}
          <span class="row-words"><b>${name(drill.title)}</b><span>${name(drill.sentence)}</span></span>
          <span class="row-figures">${drill.headlines.slice(0, 3).map(headline)}</span>
        </a>`,
    )}
  </nav>`;
}

function headline(promise: PromiseModel): Html {
  const { measured, unit } = promise;
  const seen = measured === null ? "not measured" : withUnit(measured, unit);
  return html`<span class="headline ${promise.verdict}"
    ><span class="headline-name">${name(promise.title)}</span
    ><span class="headline-figure"
      >${seen}${measured === null ? "" : html` <small>${allowed(promise)}</small>`}</span
    >${marginBar(promise)}</span
  >`;
}

function allowed({ budget, unit }: PromiseModel): string {
  if (budget === null) return "no limit";
  return budget === 0 ? "none allowed" : `of ${withUnit(budget, unit)}`;
}
