// The head of the page: which run this is, and how many drills passed.
import type { ReportModel } from "../model.ts";
import { duration } from "../text/numbers.ts";
import { html, name, type Html } from "./markup.ts";
import { verdictCount } from "./verdicts.ts";

export function headerPart(model: ReportModel): Html {
  const { run, counts } = model;
  return html`<header class="head">
    <p class="run">
      <b>kubedrill</b> <span>lab “${name(run.lab)}”</span> <span>plan “${name(run.plan)}”</span>
      <span><time datetime="${run.startedAt}">${minuteOf(run.startedAt)}</time></span>
      <span>${duration(run.durationMs)}</span>
    </p>
    <p class="counts">
      ${verdictCount("pass", counts.pass)} ${verdictCount("fail", counts.fail)}
      ${verdictCount("inconclusive", counts.inconclusive)}
      ${model.unavailable.length === 0 ? "" : html`<span class="badge zero plain">Not possible here <b>${model.unavailable.length}</b></span>`}
    </p>
  </header>`;
}

/** "2026-11-21 02:00 UTC"; a time that cannot be read stays as it is. */
export function minuteOf(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 16).replace("T", " ")} UTC` : iso;
}
