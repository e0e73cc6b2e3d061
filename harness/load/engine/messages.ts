// What the main thread and a worker say to each other.
import type { LoadPlan, Share } from "./plan.ts";
import type { Exchange, Second, Totals } from "./tally.ts";

export interface WorkerData {
  plan: LoadPlan;
  share: Share;
}

/** `start`: all workers at one instant, on the clock that they have in common. */
export type ToWorker = { type: "start"; zeroUs: number } | { type: "stop" };

/** The first good answer, for tables: what software, how long a document. */
export type Document = { server: string; bytes: number } | null;

export type FromWorker =
  | { type: "ready" }
  | { type: "second"; second: Second }
  | { type: "request"; exchange: Exchange }
  | { type: "done"; totals: Totals; document: Document };
