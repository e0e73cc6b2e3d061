// The sample run as it would be written, for tests that look at the result.
import { buildModel } from "../build-model.ts";
import { renderHtml } from "../html/document.ts";
import { verdictJson } from "../json/verdict-json.ts";
import { markdownSummary } from "../summary/markdown.ts";
import { sampleRun, type SampleRun } from "./sample-run.ts";

export async function renderSample(run: SampleRun = sampleRun()): Promise<string> {
  const model = buildModel(run.store, run.verdict);
  return await renderHtml(model, {
    verdictJson: verdictJson(run.verdict, model.run),
    timeline: run.store.events.map((event) => `${JSON.stringify(event)}\n`).join(""),
    markdown: markdownSummary(model),
  });
}
