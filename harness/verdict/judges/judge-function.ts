// The shape of every judge: a pure function of a timeline, one window of it, and what is asked.
import type { TimelineStore } from "../../timeline/store.ts";
import type { Expectation, Judge } from "../expectation.ts";
import type { Finding } from "./finding.ts";
import type { Span } from "./window.ts";

export interface Scene {
  store: TimelineStore;
  drill: string;
  span: Span;
  expectation: Expectation;
  /** The expectation's budget when it is a time, ms; else null. */
  budgetMs: number | null;
}

export type JudgeFunction<K extends Judge["kind"]> = (
  judge: Extract<Judge, { kind: K }>,
  scene: Scene,
) => Finding;

/** What was reached must stay so for this long before waiting for more may stop. */
export const stayMs = 3000;
