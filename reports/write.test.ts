import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildModel } from "./build-model.ts";
import { verdictFileSchema, verdictJsonSchema } from "./json/verdict-schema.ts";
import { junitXml } from "./junit/junit.ts";
import { terminalSummary } from "./summary/terminal.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { writeReports } from "./write.ts";

const run = sampleRun();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubedrill-write-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("writeReports", () => {
  it("writes four files, whole, and nothing else; again over the first ones", async () => {
    await writeReports(folder, run.store, run.verdict);
    const files = await writeReports(folder, run.store, run.verdict);
    expect((await readdir(folder)).sort()).toEqual([
      "junit.xml",
      "report.html",
      "summary.md",
      "verdict.json",
    ]);
    expect(await readFile(files.html, "utf8")).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
  });

  it("a directory that is not there is one clear sentence", async () => {
    await expect(writeReports(join(folder, "missing"), run.store, run.verdict)).rejects.toThrow(
      /cannot be written: ENOENT.*--out/,
    );
  });
});

describe("verdict.json", () => {
  it("fulfils its published schema, with wall times", async () => {
    const file = verdictFileSchema.parse(JSON.parse(await readFile(join(folder, "verdict.json"), "utf8")));
    expect(file.verdict).toBe("fail");
    expect(file.drills[0]?.faults[0]).toEqual({
      kind: "machine.power-cut",
      target: "cp1",
      injectedAt: "2026-11-21T02:00:14.000Z",
      confirmedAt: "2026-11-21T02:00:14.400Z",
      healedAt: "2026-11-21T02:01:35.200Z",
    });
    expect(file.drills[1]?.expectations.find((each) => each.id === "quorum.back")).toMatchObject({
      verdict: "fail",
      budget: 21,
      measured: 26.9,
      unit: "s",
    });
  });

  it("has its JSON Schema beside it, for other tools", async () => {
    const published = await readFile(join(import.meta.dirname, "json", "verdict-1.schema.json"), "utf8");
    expect(JSON.parse(published)).toEqual(verdictJsonSchema());
  });
});

describe("junit.xml", () => {
  it("counts failures, and what is inconclusive as errors", () => {
    const xml = junitXml(buildModel(run.store, run.verdict));
    expect(xml).toContain('tests="19" failures="2" errors="1" skipped="1"');
    expect(xml).toContain('<failure type="quorum.back"');
    expect(xml).toContain('<error type="http.failed"');
  });
});

describe("the terminal summary", () => {
  const text = terminalSummary(buildModel(run.store, run.verdict), false);

  it("fits a screen of 80 columns, failed first, without colour codes", () => {
    const lines = text.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(20);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const order = lines
      .filter((line) => /^(FAIL|\?{4}|PASS|----)/.test(line))
      .map((line) => line.slice(0, 4));
    expect(order).toEqual(["FAIL", "FAIL", "????", "PASS", "----"]);
    expect(text).not.toContain("\u001B");
  });

  it("has colours for a terminal", () => {
    expect(terminalSummary(buildModel(run.store, run.verdict), true)).toContain("\u001B[31mFAIL");
  });

  it("still fits with 30 drills, and says how many it left out", () => {
    const many = sampleRun(undefined, 10);
    const lines = terminalSummary(buildModel(many.store, many.verdict), false).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines.at(-1)).toMatch(/and \d+\u00A0more drills, see the report/);
  });
});
