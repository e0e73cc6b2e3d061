// What exactly was tested: machines, versions, settings with their sources, and how the run was started.
import type { LabModel, ReportModel } from "../model.ts";
import { html, name, type Html } from "./markup.ts";

export function labPart(model: ReportModel): Html {
  return html`<section class="card" id="lab" aria-labelledby="lab-title">
    <h2 id="lab-title">What was tested</h2>
    ${model.lab === null ? html`<p class="none">The lab was never read: the recording has no description of it.</p>` : labTables(model.lab)}
    <h3>The run</h3>
    <dl>
      ${runFacts(model).map(
        ([key, value]) =>
          html`<div>
            <dt>${key}</dt>
            <dd>${name(value)}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function labTables(lab: LabModel): Html {
  return html`<dl>
      ${lab.facts.map(
        (fact) =>
          html`<div>
            <dt>${fact.name}</dt>
            <dd>${name(fact.value)}</dd>
          </div>`,
      )}
    </dl>
    <h3>Machines</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Machine</th>
            <th>Role</th>
            <th>Address</th>
            <th>At the start</th>
            <th>Kubelet</th>
            <th>Runtime</th>
            <th>System</th>
            <th>etcd member</th>
          </tr>
        </thead>
        <tbody>
          ${lab.machines.map(
            (machine) =>
              html`<tr>
                <td>
                  <b>${name(machine.name)}</b
                  >${machine.node === machine.name ? "" : html`<br /><small>node ${name(machine.node)}</small>`}
                </td>
                <td>${machine.role}</td>
                <td>${name(machine.address)}</td>
                <td>${machine.roles.join(", ")}</td>
                <td>${name(machine.kubelet)}</td>
                <td>${name(machine.runtime)}</td>
                <td>${name(machine.os)}</td>
                <td>${name(machine.member)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <details class="data">
      <summary>Settings that budgets are derived from</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Part</th>
              <th>Setting</th>
              <th>Value</th>
              <th>Read from</th>
            </tr>
          </thead>
          <tbody>
            ${lab.settings.map(
              (setting) =>
                html`<tr>
                  <td>${name(setting.group)}</td>
                  <td>${name(setting.name)}</td>
                  <td>${name(setting.value)}</td>
                  <td>${name(setting.source)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
}

function runFacts({ run }: ReportModel): [string, string][] {
  return [
    ["Run", run.id],
    ["Started", run.startedAt],
    ["Outcome", run.outcome],
    ["Command", `kubedrill ${run.arguments.join(" ")}`],
    ["Seed", String(run.seed)],
    ["kubedrill", run.kubedrillVersion],
    ["Node.js", run.nodeVersion],
    ["Host", run.host],
  ];
}
