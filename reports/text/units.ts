// Values of expectations with their unit.
import type { Unit } from "../../harness/verdict/expectation.ts";
import { counted, figure, gap } from "./numbers.ts";

/** "3.41 s", "1 request", "0 writes", "12"; null: "not measured". */
export function withUnit(value: number | null, unit: Unit): string {
  if (value === null) return "not measured";
  switch (unit) {
    case "s":
      return `${figure(value)}${gap}s`;
    case "writes":
      return counted(value, "write");
    case "requests":
      return counted(value, "request");
    case "bytes":
      return bytes(value);
    case "%":
      return `${figure(value)}${gap}%`;
    case "count":
    case "none":
      return figure(value);
  }
}

/** Heading of the column or block in which such values stand. */
export function unitHeading(unit: Unit): string {
  const headings: Record<Unit, string> = {
    s: "Times, in seconds",
    count: "Counts",
    writes: "Writes",
    requests: "Requests",
    bytes: "Sizes, in bytes",
    "%": "Shares, in per cent",
    none: "Yes or no",
  };
  return headings[unit];
}

/** 5_300_000 → "5.30 MB". */
export function bytes(value: number): string {
  const steps = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.max(
    0,
    Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)),
  );
  return `${figure(value / 1000 ** step)}${gap}${steps[step] ?? "B"}`;
}
