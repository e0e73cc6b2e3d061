// The log of what was done, and what was read before and after.
import type { DrillModel, LogRow } from "../model.ts";
import { offset } from "../text/numbers.ts";
import { html, name, type Html } from "./markup.ts";

const kindWords: Record<LogRow["kind"], string> = {
  fault: "fault",
  drill: "drill",
  mark: "mark",
  action: "action",
  blind: "not seen",
  info: "note",
  warning: "warning",
  error: "error",
};

export function logPart(drill: DrillModel): Html {
  return html`<details class="log" ${drill.verdict === "pass" ? "" : "open"}>
    <summary>
      <h3>What was done, step by step</h3>
      <small>${drill.log.length} entries</small>
    </summary>
    <div class="scroll">
      <table class="entries">
        <thead>
          <tr>
            <th class="n">Time</th>
            <th>Kind</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody>
          ${drill.log.map(
            (row) =>
              html`<tr id="${row.anchor}" class="entry kind-${row.kind}" data-kind="${row.kind}">
                <td class="n"><a class="anchor" href="#${row.anchor}">${offset(row.at)}</a></td>
                <td>${kindWords[row.kind]}</td>
                <td>${name(row.text)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

export function factsPart(drill: DrillModel): Html {
  if (drill.facts.length === 0) return html``;
  return html`<details class="data facts">
    <summary>What was read before and after</summary>
    <dl>
      ${drill.facts.map(
        (fact) =>
          html`<div>
            <dt>${name(fact.name)}</dt>
            <dd>${name(fact.value)}</dd>
          </div>`,
      )}
    </dl>
  </details>`;
}
