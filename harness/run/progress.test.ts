import { expect, test } from "vitest";
import { lineProgress, wrap } from "./progress.ts";

test("text breaks at spaces and keeps words whole", () => {
  expect(wrap("aaa bbb ccc", 7)).toEqual(["aaa bbb", "ccc"]);
  expect(wrap("aaaaaaaaaa b", 5)).toEqual(["aaaaaaaaaa", "b"]);
});

test("every line fits 80 columns and carries the time", () => {
  let text = "";
  lineProgress((each) => (text += each)).line("word ".repeat(40).trim());
  const lines = text.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(2);
  expect(lines[0]).toMatch(/^ 0:00\.\d {2}word/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
