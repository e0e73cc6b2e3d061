// What a closed and an open loop have in common: how they are driven and what they tell.
import type { Exchange } from "./tally.ts";

export interface LoopEvents {
  sent(atUs: number): void;
  /** @param by the connection that it was on; null: it never came to one */
  ended(exchange: Exchange, by: { server: string } | null): void;
  /** A request is due and every connection is taken. */
  queued?(): void;
}

export interface Loop {
  start(): void;
  /** Nothing more is begun; `finished` follows when nothing is in flight any more. */
  stop(): void;
  /** Gives up what has taken too long; called every few milliseconds. */
  expire(atUs: number): void;
  /** Counted where the requests are. */
  inFlight(): number;
  finished: Promise<undefined>;
}
