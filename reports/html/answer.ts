// The answer first: one sentence, then what broke or could not be judged, then what was not tried.
import type { ReportModel } from "../model.ts";
import { html, name, type Html } from "./markup.ts";
import { verdictMark } from "./verdicts.ts";

export function answerPart(model: ReportModel): Html {
  const unfinished = model.run.outcome === "completed" ? "" : unfinishedNote(model);
  return html`<section class="answer ${model.verdict}" aria-label="The answer">
    <h1>${model.sentence}</h1>
    ${unfinished}
    ${
      model.shortfalls.length === 0
        ? ""
        : html`<ul class="shortfalls">
            ${model.shortfalls.map(
              (each) =>
                html`<li class="${each.verdict}">
                  ${verdictMark(each.verdict)}
                  <p><a href="#${each.anchor}">${name(each.drill)}</a><br />${name(each.sentence)}</p>
                </li>`,
            )}
          </ul>`
    }
    ${
      model.unavailable.length === 0
        ? ""
        : html`<details class="skipped" open>
            <summary>Not tried on this lab</summary>
            <ul>
              ${model.unavailable.map((each) => html`<li><b>${name(each.title)}</b>: ${name(each.reason)}</li>`)}
            </ul>
          </details>`
    }
  </section>`;
}

function unfinishedNote({ run }: ReportModel): Html {
  const words: Record<string, string> = {
    interrupted: "The run was interrupted: what follows is what was seen until then.",
    failed: "The run was broken off by an error: what follows is what was seen until then.",
    unfinished: "The recording ends in the middle: the run was killed. Check that every fault was healed.",
  };
  const reason = run.outcomeReason === "" ? "" : ` ${run.outcomeReason}`;
  return html`<p class="unfinished">${words[run.outcome] ?? run.outcome}${name(reason)}</p>`;
}
