// The page: parts, styles and scripts in one file that needs nothing else and allows nothing else.
import { createHash } from "node:crypto";
import type { ReportModel } from "../model.ts";
import { answerPart } from "./answer.ts";
import { answerStyle } from "./answer.style.ts";
import { baseStyle } from "./base.style.ts";
import { availabilityStyle } from "./availability.style.ts";
import { clientScripts, uplotStyle } from "./client.ts";
import { clientStyle } from "./client.style.ts";
import { drillPart } from "./drill.ts";
import { drillStyle } from "./drill.style.ts";
import { drillRows } from "./drill-row.ts";
import { drillRowStyle } from "./drill-row.style.ts";
import { headerPart } from "./header.ts";
import { headerStyle } from "./header.style.ts";
import { labPart } from "./lab.ts";
import { lanesStyle } from "./lanes.style.ts";
import { curvesStyle } from "./curves.style.ts";
import { latencyStyle } from "./latency.style.ts";
import { logStyle } from "./log.style.ts";
import { marginStyle } from "./margin.style.ts";
import { html, rawElement } from "./markup.ts";
import { plotStyle } from "./plot.style.ts";
import { printStyle } from "./print.style.ts";
import { promisesStyle } from "./promises.style.ts";
import { rawPart, type RawData } from "./raw.ts";
import { recoveryStyle } from "./recovery.style.ts";
import { textures } from "./textures.ts";
import { verdictsStyle } from "./verdicts.style.ts";
import { waterfallStyle } from "./waterfall.style.ts";

/** The whole report as one HTML text. */
export async function renderHtml(model: ReportModel, raw: RawData): Promise<string> {
  const style = [
    baseStyle,
    verdictsStyle,
    headerStyle,
    answerStyle,
    marginStyle,
    drillRowStyle,
    drillStyle,
    plotStyle,
    lanesStyle,
    waterfallStyle,
    promisesStyle,
    recoveryStyle,
    availabilityStyle,
    curvesStyle,
    latencyStyle,
    logStyle,
    clientStyle,
    await uplotStyle(),
    printStyle,
  ]
    .join("")
    .replaceAll(/\s*\n\s*/g, "\n");
  const scripts = await clientScripts();
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map((script) => hashOf(script.text)).join(" ")}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${titleOf(model)}</title>
        ${rawElement("<style>", style)}
      </head>
      <body>
        ${textures()}
        <a class="skip" href="#drills">To the drills</a>
        <main>
          ${headerPart(model)}${answerPart(model)}
          <div id="drills">${drillRows(model.drills)}</div>
          ${model.drills.map(drillPart)}${labPart(model)}${rawPart(raw)}
        </main>
        ${scripts.map((script) => rawElement(script.module ? '<script type="module">' : "<script>", script.text))}
      </body>
    </html> `.markup;
}

function titleOf(model: ReportModel): string {
  const words = { pass: "passed", fail: "FAILED", inconclusive: "inconclusive" };
  return `${words[model.verdict]} · ${model.run.lab} · ${model.run.startedAt.slice(0, 10)} · kubedrill`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
