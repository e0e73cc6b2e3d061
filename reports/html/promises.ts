// The table of expectations: promise, measured, budget and why, margin, verdict. Failed first; one unit per block.
import type { Unit } from "../../harness/verdict/expectation.ts";
import type { DrillModel, PromiseModel } from "../model.ts";
import { figure, gap, offset } from "../text/numbers.ts";
import { bytes, unitHeading } from "../text/units.ts";
import { html, name, type Html } from "./markup.ts";
import { marginBar } from "./margin.ts";
import { verdictMark } from "./verdicts.ts";

const unitOrder: Unit[] = ["s", "count", "requests", "%", "writes", "bytes", "none"];

export function promisesPart(drill: DrillModel): Html {
  if (drill.promises.length === 0) return html`<p class="none">Nothing was expected of this drill.</p>`;
  const id = `promises-${drill.anchor}`;
  return html`<section aria-labelledby="${id}">
    <h3 id="${id}">Which promises were made, and which were kept?</h3>
    <table class="promises">
      <thead>
        <tr>
          <th><span class="hidden">Verdict</span></th>
          <th>Promise</th>
          <th class="n">Measured</th>
          <th class="n">Budget</th>
          <th>Margin</th>
        </tr>
      </thead>
      ${unitOrder.map((unit) =>
        unitBlock(
          unit,
          drill.promises.filter((promise) => promise.unit === unit),
        ),
      )}
    </table>
  </section>`;
}

function unitBlock(unit: Unit, promises: readonly PromiseModel[]): Html {
  if (promises.length === 0) return html``;
  const order = { fail: 0, inconclusive: 1, pass: 2 };
  const sorted = [...promises].sort((a, b) => order[a.verdict] - order[b.verdict]);
  return html`<tbody>
    <tr class="unit">
      <th colspan="5" scope="rowgroup">${unitHeading(unit)}</th>
    </tr>
    ${sorted.map((promise) => promiseRow(promise))}
  </tbody>`;
}

function promiseRow(promise: PromiseModel): Html {
  const value = (each: number | null): string =>
    each === null ? "–" : promise.unit === "bytes" ? bytes(each) : figure(each);
  const doubt =
    promise.uncertainty > 0 && promise.measured !== null
      ? html` <small>± ${figure(Number(promise.uncertainty.toPrecision(2)))}</small>`
      : "";
  return html`<tr id="${promise.anchor}" class="promise ${promise.verdict}">
    <td class="promise-mark">${verdictMark(promise.verdict)}</td>
    <td class="promise-words">
      <b>${name(promise.title)}</b>
      <p>
        ${name(promise.seen)}${promise.foldedUnder === null ? "" : html` <i>Follows from: ${name(promise.foldedUnder)}</i>`}
      </p>
      ${whyDetails(promise)}
    </td>
    <td class="n" data-name="measured">
      ${promise.unit === "none" ? "" : html`${value(promise.measured)}${doubt}`}
    </td>
    <td class="n" data-name="budget">
      ${promise.unit === "none" ? "" : promise.budget === null ? "none" : value(promise.budget)}
    </td>
    <td class="promise-margin" data-name="margin">${marginBar(promise)}${marginWord(promise)}</td>
  </tr>`;
}

/** How much of the budget was left, or by how much it was missed. */
function marginWord(promise: PromiseModel): Html {
  const { budget, measured } = promise;
  if (budget === null) return html`<small>a figure, no limit</small>`;
  if (measured === null) return html`<small>not measured</small>`;
  if (promise.unit === "none") return html``;
  if (budget <= 0) return html`<small>${measured <= 0 ? "none, as it must be" : "none allowed"}</small>`;
  if (promise.verdict === "fail" && measured <= budget)
    return html`<small
      >${promise.earliest !== null && measured < promise.earliest ? `too early: not before ${figure(promise.earliest)}${gap}s` : "broken otherwise"}</small
    >`;
  const percent = Math.round((100 * (budget - measured)) / budget);
  return html`<small>${percent >= 0 ? `${String(percent)} % left` : `${String(-percent)} % over`}</small>`;
}

function whyDetails(promise: PromiseModel): Html {
  return html`<details>
    <summary>Why this budget</summary>
    <p>${name(promise.why)}</p>
    ${
      promise.inputs.length === 0
        ? ""
        : html`<ul>
            ${promise.inputs.map((input) => html`<li>${name(input.name)} = ${typeof input.value === "number" ? figure(input.value) : name(input.value)} ${input.unit}, from ${name(input.source)}</li>`)}
          </ul>`
    }
    <p class="note">
      <code>${promise.id}</code>, judged as ${promise.judge}
      ${promise.window}${promise.at === null ? "" : `; decided at ${offset(promise.at)}`}
      <a class="anchor" href="#${promise.anchor}">link</a>
    </p>
  </details>`;
}
