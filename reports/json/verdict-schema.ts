// The published, versioned schema of verdict.json. Fields are only ever added under the same number.
import { z } from "zod";

const verdict = z.enum(["pass", "fail", "inconclusive"]);
/** Wall time, ISO 8601 UTC; null: never reached. */
const instant = z.iso.datetime().nullable();

const expectation = z.object({
  id: z.string(),
  title: z.string(),
  verdict,
  budget: z.number().nullable().describe("Allowed maximum in `unit`; null: a figure without a limit"),
  measured: z.number().nullable().describe("In `unit`; null: nothing could be measured"),
  uncertainty: z.number().describe("Half-width of what the evidence leaves open, in `unit`"),
  unit: z.enum(["s", "count", "writes", "requests", "bytes", "%", "none"]),
  expected: z.number().nullable().describe("What was predicted as most likely, in `unit`"),
  why: z.string().describe("How the budget was derived"),
  seen: z.string().describe("What was seen, in a sentence"),
  headline: z.boolean(),
  foldedUnder: z.string().nullable().describe("Id of the earlier failure from which this one follows"),
});

const fault = z.object({
  kind: z.string(),
  target: z.string().describe("Names of what was broken, separated by commas"),
  injectedAt: instant,
  confirmedAt: instant,
  healedAt: instant,
});

const drill = z.object({
  id: z.string(),
  title: z.string(),
  verdict,
  reason: z.string(),
  startedAt: instant,
  durationSeconds: z.number(),
  missingEvidence: z.array(z.string()),
  expectations: z.array(expectation),
  faults: z.array(fault),
});

export const verdictFileSchema = z.object({
  schema: z.literal(1),
  verdict,
  reason: z.string(),
  outcome: z.enum(["completed", "interrupted", "failed", "unfinished"]),
  run: z.object({
    id: z.string(),
    plan: z.string(),
    lab: z.string(),
    startedAt: z.string(),
    durationSeconds: z.number(),
    kubedrillVersion: z.string(),
  }),
  drills: z.array(drill),
  unavailable: z.array(z.object({ id: z.string(), title: z.string(), reason: z.string() })),
});

export type VerdictFile = z.infer<typeof verdictFileSchema>;

/** The schema as JSON Schema, for people who read verdict.json with other tools. */
export function verdictJsonSchema(): Record<string, unknown> {
  return {
    title: "kubedrill verdict.json, schema 1",
    ...z.toJSONSchema(verdictFileSchema),
  };
}
