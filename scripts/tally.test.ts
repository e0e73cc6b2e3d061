import { describe, expect, test } from "vitest";
import { closingLine, ending, sum, tallyOf } from "./tally.mjs";

function report(...suites: { status: string; results: string[] }[]): string {
  return JSON.stringify({
    testResults: suites.map(({ status, results }) => ({
      status,
      assertionResults: results.map((each) => ({ status: each })),
    })),
  });
}

describe("counting tests", () => {
  test("passed and failed", () => {
    const json = report({ status: "failed", results: ["passed", "failed", "passed"] });
    expect(tallyOf(json, 1)).toMatchObject({ passed: 2, failed: 1 });
  });

  test("what was skipped or is still to do has failed", () => {
    const json = report({ status: "passed", results: ["passed", "skipped", "pending", "todo"] });
    expect(tallyOf(json, 0)).toMatchObject({ passed: 1, failed: 3 });
  });

  test("a file that could not be loaded has failed", () => {
    const json = report({ status: "passed", results: ["passed"] }, { status: "failed", results: [] });
    expect(tallyOf(json, 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  test("an error outside every test has failed", () => {
    expect(tallyOf(report({ status: "passed", results: ["passed"] }), 1)).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  test.each([
    ["no file at all", undefined, 0],
    ["a torn file", '{"testResults": [', 0],
    ["a file without results", "{}", 0],
    ["no test", report(), 0],
  ])("%s has failed", (_, json, code) => {
    expect(tallyOf(json, code)).toMatchObject({ passed: 0, failed: 1 });
  });

  test("what did not pass is named, with the first line of why, before the closing line", () => {
    const json = JSON.stringify({
      testResults: [
        {
          name: "a.test.ts",
          status: "failed",
          assertionResults: [
            { status: "passed", fullName: "good" },
            {
              status: "failed",
              fullName: "a door opens",
              failureMessages: ["expected 1 to be 2\n    at line 3"],
            },
          ],
        },
        { name: "b.test.ts", status: "failed", message: "cannot be loaded", assertionResults: [] },
      ],
    });
    expect(ending(sum([tallyOf(json, 1), { passed: 0, failed: 1, troubles: ["lint"] }])).split("\n")).toEqual(
      [
        "not passed: a door opens: expected 1 to be 2",
        "not passed: b.test.ts: cannot be loaded",
        "not passed: lint",
        "1 passed, 3 failed",
      ],
    );
  });

  test("the closing line sums", () => {
    const line = closingLine(
      sum([
        { passed: 2, failed: 1 },
        { passed: 40, failed: 0 },
      ]),
    );
    expect(line).toBe("42 passed, 1 failed");
  });
});
