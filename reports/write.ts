// Writes every report of a run into its directory; each file whole or not at all.
import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, usageError } from "../harness/base/errors.ts";
import type { TimelineStore } from "../harness/timeline/store.ts";
import type { RunVerdict } from "../harness/verdict/verdict-file.ts";
import { buildModel } from "./build-model.ts";
import { renderHtml } from "./html/document.ts";
import { baselineJson } from "./json/baseline-json.ts";
import { verdictJson } from "./json/verdict-json.ts";
import { junitXml } from "./junit/junit.ts";
import { markdownSummary } from "./summary/markdown.ts";
import { terminalSummary } from "./summary/terminal.ts";

export interface WrittenReports {
  /** Paths of the files. */
  html: string;
  json: string;
  junit: string;
  markdown: string;
  /** Text for the end of a run on a terminal; with colour codes or without. */
  terminal: (colour: boolean) => string;
}

/**
 * report.html, verdict.json, junit.xml and summary.md; baseline.json where a drill took a baseline.
 * @param runDirectory an existing run directory; files of an earlier rendering are replaced
 * @throws KubedrillError (usage) when a file cannot be written; nothing half written is left
 */
export async function writeReports(
  runDirectory: string,
  store: TimelineStore,
  verdict: RunVerdict,
): Promise<WrittenReports> {
  const model = buildModel(store, verdict);
  const json = verdictJson(verdict, model.run);
  const markdown = markdownSummary(model);
  const timeline = store.events.map((event) => JSON.stringify(event)).join("\n");
  const html = await renderHtml(model, { verdictJson: json, timeline: `${timeline}\n`, markdown });
  const baseline = baselineJson(store);
  if (baseline !== null) await replaceFile(join(runDirectory, "baseline.json"), baseline);
  return {
    json: await replaceFile(join(runDirectory, "verdict.json"), json),
    markdown: await replaceFile(join(runDirectory, "summary.md"), markdown),
    junit: await replaceFile(join(runDirectory, "junit.xml"), junitXml(model)),
    html: await replaceFile(join(runDirectory, "report.html"), html),
    terminal: (colour) => terminalSummary(model, colour),
  };
}

/** Beside its place first, then renamed: a reader sees the old file or the new one, never a part. */
async function replaceFile(path: string, text: string): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw usageError(
      `The report ${path} cannot be written: ${messageOf(error)}. Free some space or choose another --out.`,
      {
        cause: error,
      },
    );
  }
  return path;
}
