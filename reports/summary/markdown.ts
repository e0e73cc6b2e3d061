// summary.md: the report for a ticket or a pull request.
import type { DrillModel, ReportModel } from "../model.ts";
import { duration, figure } from "../text/numbers.ts";
import { unitHeading } from "../text/units.ts";
import { visible } from "../text/visible.ts";

const marks = { pass: "✅ pass", fail: "❌ fail", inconclusive: "❔ inconclusive" };

export function markdownSummary(model: ReportModel): string {
  const { run } = model;
  const lines = [
    `# ${marks[model.verdict]}: ${plain(model.sentence)}`,
    "",
    `Lab ${plain(run.lab)}, plan ${plain(run.plan)}, ${plain(run.startedAt)}, ${duration(run.durationMs)}, run ${plain(run.id)}.`,
    "",
    ...failedFirst(model.drills).flatMap(drillLines),
    ...(model.unavailable.length === 0
      ? []
      : [
          "## Not tried on this lab",
          "",
          ...model.unavailable.map((each) => `- ${plain(each.title)}: ${plain(each.reason)}`),
          "",
        ]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** One drill, for *copy as Markdown*. */
export function drillMarkdown(drill: DrillModel): string {
  return `${drillLines(drill).join("\n").trimEnd()}\n`;
}

export function failedFirst<D extends { verdict: DrillModel["verdict"] }>(drills: readonly D[]): D[] {
  const order = { fail: 0, inconclusive: 1, pass: 2 };
  return [...drills].sort((a, b) => order[a.verdict] - order[b.verdict]);
}

function drillLines(drill: DrillModel): string[] {
  return [
    `## ${marks[drill.verdict]}: ${plain(drill.title)}`,
    "",
    plain(drill.sentence),
    "",
    ...drill.missing.map((each) => `- Missing: ${plain(each)}`),
    ...(drill.missing.length === 0 ? [] : [""]),
    "| | promise | measured | budget | unit |",
    "|---|---|--:|--:|---|",
    ...failedFirst(drill.promises).map(
      (promise) =>
        `| ${marks[promise.verdict]} | ${plain(promise.title)} | ${promise.measured === null ? "–" : figure(promise.measured)} | ${promise.budget === null ? "none" : figure(promise.budget)} | ${unitWord(promise.unit)} |`,
    ),
    "",
  ];
}

function unitWord(unit: DrillModel["promises"][number]["unit"]): string {
  return unit === "s" ? "s" : unitHeading(unit).toLowerCase();
}

/** Names from the cluster must not become markup, links or mentions. */
function plain(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_{}[\]()#+!|~>]/g, (found) => `\\${found}`)
    .replaceAll("@", "@\u2060");
}
