// A restore: what it brought back, what it cost, and how to do it again by hand.
import type { DrillModel, RecoveryModel, RunbookStep } from "../model.ts";
import { counted, figure, gap, listed, offset, seconds } from "../text/numbers.ts";
import { html, name, type Html } from "./markup.ts";

export function recoveryPart({ recovery, anchor }: DrillModel): Html {
  if (recovery === null) return html``;
  const id = `recovery-${anchor}`;
  return html`<section class="recovery" aria-labelledby="${id}">
    <h3 id="${id}">What came back, and what was lost?</h3>
    <div class="side-by-side">
      ${canariesTable(recovery)}
      <div>${writesTable(recovery)} ${membersTable(recovery)}</div>
      ${driftTable(recovery)}
    </div>
    ${recovery.watcher === null ? "" : html`<p class="note">A client that watched all the time: ${name(recovery.watcher)}.</p>`}
    ${runbookPart(recovery.runbook)}
  </section>`;
}

function driftTable({ drift }: RecoveryModel): Html {
  if (drift.length === 0) return html``;
  return html`<div class="wide">
    <table class="restored">
      <caption>
        What happened after the snapshot and reaches beyond the store
      </caption>
      <thead>
        <tr>
          <th>What</th>
          <th>After the snapshot</th>
          <th>After the restore</th>
          <th>Undone</th>
        </tr>
      </thead>
      <tbody>
        ${drift.map(
          ({ what, was, is, undone }) =>
            html`<tr>
              <th scope="row">${name(what)}</th>
              <td>${name(was)}</td>
              <td>${name(is)}</td>
              <td>${undone ? "yes" : "no"}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function writesTable({ writes, revision, lostSeconds, source }: RecoveryModel): Html {
  if (writes.every(({ count }) => count === null)) return html``;
  const ends = revision === null ? "" : `; ${source} ends at revision ${String(revision)}`;
  const lost =
    lostSeconds === null
      ? ""
      : lostSeconds === 0
        ? " None is lost."
        : ` The writes of ${figure(lostSeconds)}${gap}s are lost.`;
  return html`<div class="wide">
    <table class="restored">
      <caption>
        Writes, by the revision that etcd gave each${ends}.${lost}
      </caption>
      <tbody>
        ${writes.map(
          ({ what, count }) =>
            html`<tr>
              <th scope="row">${what}</th>
              <td class="n">${count === null ? "not counted" : figure(count)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function canariesTable({ canaries, source }: RecoveryModel): Html {
  if (canaries.length === 0) return html``;
  return html`<div class="wide">
    <table class="restored">
      <caption>
        Objects that must be as ${source} has them
      </caption>
      <thead>
        <tr>
          <th>Object</th>
          <th>Must be</th>
          <th>Was</th>
        </tr>
      </thead>
      <tbody>
        ${canaries.map(
          ({ object, wanted, seen }) =>
            html`<tr class="${seen === wanted ? "as-wanted" : "astray"}">
              <th scope="row">${name(object)}</th>
              <td>${name(wanted)}</td>
              <td>${seen === wanted ? "✓" : "✖"} ${name(seen ?? "not read")}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function membersTable({ members }: RecoveryModel): Html {
  if (members.length === 0) return html``;
  return html`<div class="wide">
    <table class="restored">
      <caption>
        Members of etcd: a restored cluster is a new one, with new ids
      </caption>
      <thead>
        <tr>
          <th>Member</th>
          <th>Id before</th>
          <th>Id after</th>
          <th>Knows, once restored</th>
        </tr>
      </thead>
      <tbody>
        ${members.map(
          ({ member, before, after, knows }) =>
            html`<tr>
              <th scope="row">${name(member)}</th>
              <td><code>${before ?? "none"}</code></td>
              <td><code>${after ?? "none"}</code></td>
              <td>${name(knows ?? "not told")}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function runbookPart(runbook: readonly RunbookStep[]): Html {
  return html`<details class="runbook">
    <summary>
      <h4>The runbook: every command, with its time</h4>
      <small>${counted(runbook.length, "step")}</small>
    </summary>
    <p class="note">Each block is a script for <code>sh -eu</code>, as root.</p>
    <ol>
      ${runbook.map(
        (step) =>
          html`<li>
            <p>
              <b>${step.phase}</b>: ${step.title}
              <small
                >${offset(step.at)}, ${step.ok ? "took" : "failed after"} ${seconds(step.durationMs)}</small
              >
            </p>
            ${step.commands.map(
              ({ text, machines }) =>
                html`<p class="on">on ${name(listed(machines))}${machines.length > 1 ? ", at once" : ""}</p>
                  <pre>${text.split("\n").map((line) => html`<span>${line}</span>`)}</pre>`,
            )}
          </li>`,
      )}
    </ol>
  </details>`;
}
