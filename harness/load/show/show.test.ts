import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { HistogramLogReader } from "hdr-histogram-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findCommand } from "../../../scripts/requirements.mjs";
import { startLoad, type LoadResult } from "../load.ts";
import { oddServer, type OddServer } from "../testing/odd-server.ts";
import { testPlan } from "../testing/plan.ts";
import { abTable } from "./ab-table.ts";
import { asciiTimeline } from "./ascii-timeline.ts";
import { writeLoadFiles, writePercentiles } from "./files.ts";
import { summaryOf } from "./summary.ts";

let server: OddServer;
let result: LoadResult;
let folder: string;

beforeAll(async () => {
  server = await oddServer((count) => (count % 10 === 0 ? "error" : "ok"));
  folder = await mkdtemp(join(tmpdir(), "kubedrill-load-"));
  // Without keep-alive, as ab does by default.
  result = await startLoad(testPlan(server.port, { keepAlive: false, maxRequests: 50 })).result;
});
afterAll(() => server.stop());

/** What ab 2.3 prints for such a load, for hosts that have no ab. */
const recordedLabels = [
  "Server Software:",
  "Server Hostname:",
  "Server Port:",
  "Document Path:",
  "Document Length:",
  "Concurrency Level:",
  "Time taken for tests:",
  "Complete requests:",
  "Failed requests:",
  "Non-2xx responses:",
  "Total transferred:",
  "HTML transferred:",
  "Requests per second:",
  "Time per request:",
  "Time per request:",
  "Transfer rate:",
  "Connection Times (ms)",
  "              min  mean[+/-sd] median   max",
  "Connect:",
  "Processing:",
  "Waiting:",
  "Total:",
  "Percentage of the requests served within a certain time (ms)",
  "  50%",
  "  66%",
  "  75%",
  "  80%",
  "  90%",
  "  95%",
  "  98%",
  "  99%",
  " 100%",
];

function labelsOf(table: string): string[] {
  const label = /^(?:[A-Z][A-Za-z0-9 /-]*:| *\d+%|Connection Times.*|Percentage of.*| +min .*)/;
  return (
    table
      .slice(table.indexOf("Server Software"))
      .split("\n")
      .flatMap((line) => label.exec(line)?.[0] ?? [])
      // What ab remarks on a run whose latencies are far apart, as on a busy host.
      .filter((each) => each !== "ERROR:" && each !== "WARNING:")
  );
}

test("the table has ab's labels, in ab's order", async () => {
  const ab = findCommand("ab");
  const url = `http://127.0.0.1:${String(server.port)}/`;
  const theirs =
    ab === undefined
      ? recordedLabels
      : labelsOf((await execa(ab, ["-q", "-l", "-n", "50", "-c", "4", url], { timeout: 20_000 })).stdout);
  expect(theirs).toEqual(recordedLabels);
  expect(labelsOf(abTable(result, null)).filter((each) => theirs.includes(each))).toEqual(theirs);
});

test("the table says what happened", () => {
  const table = abTable(result, null);
  expect(table).toMatch(/^Server Software: {8}odd$/m);
  expect(table).toMatch(/^Complete requests: {6}50$/m);
  expect(table).toMatch(/^Failed requests: {8}0$/m);
  expect(table).toMatch(/^Non-2xx responses: {6}5$/m);
  expect(table).toMatch(/^Document Length: {8}5 bytes$/m);
  expect(table).toMatch(/^Errors by kind: {9}non-2xx 5$/m);
  expect(table).toMatch(/^Accounted for: {10}50 sent = 45 answered \+ 5 failed \+ 0 in flight$/m);
  expect(table).toMatch(/^99\.9% +\d/m);
});

test("the summary is JSON, whole, and adds up", () => {
  const summary = summaryOf(result);
  const again: unknown = JSON.parse(JSON.stringify(summary));
  expect(again).toEqual(summary);
  expect(summary).toMatchObject({ sent: 50, answered: 45, failed: 5, failures: { "non-2xx": 5 } });
  expect(summary.latencyUs.count).toBe(50);
  expect(summary.seconds.reduce((sum, each) => sum + each.answered, 0)).toBe(45);
});

test("the HDR log holds every second without loss", async () => {
  await writeLoadFiles(folder, result);
  const reader = new HistogramLogReader(await readFile(join(folder, "latency.hlog"), "utf8"));
  const counts: number[] = [];
  for (;;) {
    const histogram = reader.nextIntervalHistogram();
    if (histogram === null) break;
    counts.push(histogram.totalCount);
  }
  expect(counts).toEqual(result.seconds.map((each) => each.latency.totalCount));
  const [head, ...rows] = (await readFile(join(folder, "seconds.csv"), "utf8")).trim().split("\n");
  expect(head).toMatch(/^second,sent,answered,failed,in_flight,bytes,p50_us/);
  expect(rows).toHaveLength(result.seconds.length);
});

test("percentiles are written as ab -e writes them", async () => {
  const path = join(folder, "percentiles.csv");
  await writePercentiles(path, result);
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  expect(lines[0]).toBe("Percentage served,Time in ms");
  expect(lines).toHaveLength(1 + 100 + 2);
  expect(lines.at(-1)).toMatch(/^100,\d+\.\d{3}$/);
});

test("what cannot be written is one sentence", async () => {
  await expect(writePercentiles("/nowhere/percentiles.csv", result)).rejects.toThrow(/cannot be written/);
});

test("the timeline has a column a second, and marks failures", () => {
  const lines = asciiTimeline(result.seconds).split("\n");
  expect(lines[0]).toBe("Timeline (1 s a column)");
  expect(lines.find((line) => line.includes("failed"))).toContain("x");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  const long = Array.from({ length: 600 }, () => result.seconds).flat();
  expect(
    Math.max(
      ...asciiTimeline(long)
        .split("\n")
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80);
});
