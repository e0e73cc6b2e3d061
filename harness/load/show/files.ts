// What a load leaves on disk: an HDR log with a histogram a second, which every HdrHistogram tool reads and merges, the
// same seconds as a table, the summary, and the percentile table that `ab -e` writes.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HistogramLogWriter } from "hdr-histogram-js";
import { messageOf, usageError } from "../../base/errors.ts";
import { failureKinds } from "../engine/failure-kind.ts";
import type { LoadResult } from "../load.ts";
import { spreadOf, summaryOf } from "./summary.ts";

export async function writeLoadFiles(folder: string, result: LoadResult): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    const files = {
      "latency.hlog": hdrLog(result),
      "seconds.csv": secondsCsv(result),
      "summary.json": `${JSON.stringify(summaryOf(result), null, 2)}\n`,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return Object.keys(files).map((name) => join(folder, name));
  } catch (error) {
    throw usageError(`The results cannot be written to ${folder}: ${messageOf(error)}.`, { cause: error });
  }
}

/** Percentage served and time in ms, as ab writes it, and 99.9. */
export async function writePercentiles(path: string, { histograms: { total } }: LoadResult): Promise<void> {
  const at = (percentile: number) =>
    (total.totalCount === 0 ? 0 : total.getValueAtPercentile(percentile) / 1000).toFixed(3);
  const rows = [...Array.from({ length: 100 }, (_, percent) => percent), 99.9, 100];
  const lines = ["Percentage served,Time in ms", ...rows.map((each) => `${String(each)},${at(each)}`)];
  try {
    await writeFile(path, `${lines.join("\n")}\n`);
  } catch (error) {
    throw usageError(`The percentiles cannot be written to ${path}: ${messageOf(error)}.`, { cause: error });
  }
}

function hdrLog(result: LoadResult): string {
  let text = "";
  const writer = new HistogramLogWriter((line) => {
    text += line;
  });
  writer.outputLogFormatVersion();
  writer.outputComment(`kubedrill load of ${result.plan.url}; values in µs, from the intended start`);
  writer.outputStartTime(Date.parse(result.startedAt));
  writer.outputLegend();
  for (const { second, latency } of result.seconds)
    writer.outputIntervalHistogram(latency, second, second + 1, 1);
  return text;
}

function secondsCsv(result: LoadResult): string {
  const head = [
    "second",
    "sent",
    "answered",
    "failed",
    "in_flight",
    "bytes",
    "p50_us",
    "p90_us",
    "p99_us",
    "p999_us",
    "max_us",
    ...failureKinds.map((kind) => kind.replaceAll(/[^a-z0-9]/g, "_")),
  ];
  const rows = result.seconds.map((each) => {
    const { p50, p90, p99, p999, max } = spreadOf(each.latency);
    return [
      each.second,
      each.sent,
      each.answered,
      each.failed,
      each.inFlight,
      each.bytes,
      p50,
      p90,
      p99,
      p999,
      max,
      ...failureKinds.map((kind) => each.failures[kind] ?? 0),
    ];
  });
  return `${[head, ...rows].map((row) => row.join(",")).join("\n")}\n`;
}
