// A drill in full: sentence, prediction, pictures, promises, log.
import type { DrillModel } from "../model.ts";
import { drillMarkdown } from "../summary/markdown.ts";
import { duration } from "../text/numbers.ts";
import { availabilityPart } from "./availability.ts";
import { curvesPart } from "./curves.ts";
import { minuteOf } from "./header.ts";
import { lanesPart } from "./lanes.ts";
import { latencyPart } from "./latency.ts";
import { factsPart, logPart } from "./log.ts";
import { html, name, type Html } from "./markup.ts";
import { promisesPart } from "./promises.ts";
import { recoveryPart } from "./recovery.ts";
import { verdictBadge } from "./verdicts.ts";
import { waterfallPart } from "./waterfall.ts";

export function drillPart(drill: DrillModel): Html {
  return html`<article class="card drill" id="${drill.anchor}" aria-labelledby="title-${drill.anchor}">
    <header>
      <h2 id="title-${drill.anchor}">
        <a class="self" href="#${drill.anchor}">${name(drill.title)}</a> ${verdictBadge(drill.verdict)}
      </h2>
      <p class="lead">${name(drill.sentence)}</p>
      <p class="note">
        <code>${drill.id}</code> · injected ${minuteOf(drill.zeroAt)} · ${duration(drill.durationMs)}
      </p>
    </header>
    ${drill.missing.length === 0 ? "" : missing(drill)}
    ${
      drill.predictions.length === 0
        ? ""
        : html`<details class="predictions" open>
            <summary>Said before the fault</summary>
            <ul>
              ${drill.predictions.map((each) => html`<li>${name(each)}</li>`)}
            </ul>
          </details>`
    }
    ${lanesPart(drill)}${curvesPart(drill)}${waterfallPart(drill)}${recoveryPart(drill)}${promisesPart(drill)}${availabilityPart(drill)}${latencyPart(drill)}
    ${logPart(drill)}${factsPart(drill)}
    <template class="markdown"
      >${drillMarkdown(drill)
        .split("\n")
        .map((line) => [html`<i>${line}</i>`])}</template
    >
  </article>`;
}

function missing(drill: DrillModel): Html {
  return html`<div class="missing inconclusive">
    <b>${drill.verdict === "inconclusive" ? "What was missing for a verdict" : "What could not be judged"}</b>
    <ul>
      ${drill.missing.map((each) => html`<li>${name(each)}</li>`)}
    </ul>
  </div>`;
}
